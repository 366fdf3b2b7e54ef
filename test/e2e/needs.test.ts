import { afterAll, describe, expect, it } from 'vitest';
import { hasTool, requireInCi } from '../reference-tools.ts';
import {
  add,
  addText,
  compile,
  type Compiler,
  emptyRoot,
  needOf,
  removeRoots,
  run,
  supply,
} from './needs-root.ts';
import { existsSync } from 'node:fs';

/**
 * Each hidden need with a real program: its failure in an empty root is seen, the need is found in its bytes, and what
 * `morsel build` adds (or what its hint tells the user to add) makes the same program work.
 */
const isRoot = requireInCi('root, for chroot', process.getuid?.() === 0);
const have = (...tools: readonly string[]): boolean => isRoot && tools.every((tool) => hasTool(tool));
afterAll(removeRoots);

const LIB = '/lib/x86_64-linux-gnu';
const PASSWD =
  '#include <pwd.h>\n#include <stdio.h>\nint main(void){struct passwd*p=getpwnam("nonroot");if(p)printf("uid %d\\n",(int)p->pw_uid);else puts("nobody by that name");return 0;}';
const TEMPORARY =
  '#include <stdio.h>\n#include <stdlib.h>\nint main(void){char n[]="/tmp/xXXXXXX";int f=mkstemp(n);if(f<0)perror("mkstemp");return f<0;}';
const TEMPORARY_DIRECTORY =
  '#include <filesystem>\nint main(){std::error_code e;std::filesystem::temp_directory_path(e);return e.value()!=0;}';
const TMPFILE = '#include <stdio.h>\nint main(void){FILE*f=tmpfile();if(!f)perror("tmpfile");return !f;}';
const ZONE =
  '#include <stdio.h>\n#include <time.h>\nint main(void){time_t t=1700000000;char b[64];strftime(b,sizeof b,"%z",localtime(&t));puts(b);return 0;}';

describe.skipIf(!have('gcc', 'musl-gcc', 'g++', 'go', 'rustc'))('a hello world needs nothing', () => {
  const C = '#include <stdio.h>\nint main(void){printf("Hello %d\\n",42);return 0;}';
  const CPP = '#include <iostream>\nint main(){std::cout<<"Hello\\n";}';
  const GO = 'package main\nimport "fmt"\nfunc main(){fmt.Println("Hello")}';
  const RUST = 'fn main(){println!("Hello");}';
  const HELLOS: readonly (readonly [Compiler, string])[] = [
    ['gcc', C],
    ['gcc -static', C],
    ['musl-gcc', C],
    ['g++', CPP],
    ['g++ -static', CPP],
    ['go', GO],
    ['rustc', RUST],
    ['rustc +crt-static', RUST],
  ];
  it.each(HELLOS)('%s', (compiler, source) => {
    const root = emptyRoot(compile(compiler, source));
    expect(run(root)).toMatchObject({ exitCode: 0 });
    expect(root.needs).toEqual([]);
    expect(supply(root)).toEqual({ entries: [], env: {}, libraries: [], findings: [] });
  });
});

describe.skipIf(!have('gcc', 'musl-gcc'))('users', () => {
  it.each(['gcc', 'gcc -static', 'musl-gcc'] as const)('%s: getpwnam', (compiler) => {
    const root = emptyRoot(compile(compiler, PASSWD));
    expect(run(root).stdout).toBe('nobody by that name\n');
    expect(needOf(root, 'users')).toMatchObject({ level: 'likely' });
    expect(supply(root).entries.map(({ path }) => path)).toEqual([
      '/etc/group',
      '/etc/passwd',
      '/home/nonroot',
    ]);
    expect(run(root).stdout).toBe('uid 65532\n');
  });

  it('static glibc needs no nsswitch.conf, and one that names another module loses the users', () => {
    const root = emptyRoot(compile('gcc -static', PASSWD));
    addText(root, '/etc/passwd', 'nonroot:x:65532:65532::/:/sbin/nologin\n');
    expect(run(root).stdout).toBe('uid 65532\n');
    expect(needOf(root, 'nss-modules')?.failure).toContain('nsswitch.conf');
    addText(root, '/etc/nsswitch.conf', 'passwd: compat\n');
    expect(run(root).stdout).toBe('nobody by that name\n');
  });

  it.skipIf(!have('go'))('Go: user.Current', () => {
    const root = emptyRoot(
      compile(
        'go',
        'package main\nimport ("fmt";"os";"os/user")\nfunc main(){u,e:=user.Current();if e!=nil{fmt.Println(e);os.Exit(1)};fmt.Println(u.Username)}',
      ),
    );
    expect(run(root).stdout).toContain('requires cgo or $USER');
    supply(root);
    expect(run(root)).toMatchObject({ exitCode: 0, stdout: 'nonroot\n' });
  });
});

describe.skipIf(!have('gcc', 'musl-gcc'))('temporary files', () => {
  it.each([
    ['gcc', TEMPORARY],
    ['gcc', TMPFILE],
    ['musl-gcc', TMPFILE],
    ['musl-gcc', TEMPORARY],
    ['gcc -static', TEMPORARY],
    ['g++', TEMPORARY_DIRECTORY],
    ['g++ -static', TEMPORARY_DIRECTORY],
  ] as const)('%s: /tmp', (compiler, source) => {
    const root = emptyRoot(compile(compiler, source));
    expect(run(root)).toMatchObject({ exitCode: 1 });
    expect(needOf(root, 'tmp')).toMatchObject({ level: 'likely' });
    expect(supply(root).entries).toMatchObject([{ kind: 'directory', path: '/tmp', mode: 0o1777 }]);
    expect(run(root)).toMatchObject({ exitCode: 0 });
  });

  it.skipIf(!have('go'))('Go: os.CreateTemp', () => {
    const root = emptyRoot(
      compile(
        'go',
        'package main\nimport ("fmt";"os")\nfunc main(){f,e:=os.CreateTemp("","x");if e!=nil{fmt.Println(e);os.Exit(1)};f.Close()}',
      ),
    );
    expect(run(root).stdout).toMatch(/no such file or directory/);
    supply(root);
    expect(run(root)).toMatchObject({ exitCode: 0 });
  });

  it.each(['gcc', 'gcc -static', 'musl-gcc', 'g++', 'g++ -static'] as const)(
    '%s: hello gets none',
    (compiler) => {
      const root = emptyRoot(compile(compiler, '#include <stdio.h>\nint main(){puts("hello");return 0;}'));
      expect(root.needs.map(({ need }) => need)).not.toContain('tmp');
    },
  );

  it('a program that names /var/tmp gets it beside /tmp, SQLite does not', () => {
    const source = (more: string): string =>
      `#include <stdio.h>\nint main(){FILE*f=fopen("/var/tmp/x","w");puts("${more}");return !f;}`;
    const root = emptyRoot(compile('gcc', source('')));
    expect(run(root)).toMatchObject({ exitCode: 1 });
    expect(supply(root).entries.map(({ path }) => path)).toEqual(['/tmp', '/var/tmp']);
    expect(run(root)).toMatchObject({ exitCode: 0 });
    const sqlite = emptyRoot(compile('gcc', source('SQLITE_TMPDIR')));
    expect(supply(sqlite).entries.map(({ path }) => path)).toEqual(['/tmp']);
  });

  it('a program that makes temporary files elsewhere gets no /tmp', () => {
    const root = emptyRoot(compile('gcc', TEMPORARY.replace('/tmp/x', '/data/x')));
    expect(needOf(root, 'tmp')).toMatchObject({ level: 'possible' });
    expect(supply(root).entries).toEqual([]);
  });
});

describe.skipIf(!have('gcc', 'musl-gcc'))('time zones', () => {
  it.each(['gcc', 'gcc -static', 'musl-gcc'] as const)('%s: a zone that is a literal', (compiler) => {
    const source =
      '#include <stdio.h>\n#include <stdlib.h>\n#include <time.h>\nint main(){char b[9];time_t t=0;setenv("TZ","Europe/Berlin",1);tzset();strftime(b,9,"%z",localtime(&t));puts(b);return 0;}';
    const root = emptyRoot(compile(compiler, source));
    expect(run(root).stdout).toBe('+0000\n');
    expect(supply(root).entries.map(({ path }) => path)).toEqual(['/usr/share/zoneinfo/Europe/Berlin']);
    expect(run(root).stdout).toBe('+0100\n');
  });

  it.skipIf(!have('go'))('Go: time.LoadLocation of a literal', () => {
    const source =
      'package main\nimport ("fmt";"os";"time")\nfunc main(){l,e:=time.LoadLocation("Asia/Tokyo");if e!=nil{fmt.Println(e);os.Exit(1)};fmt.Println(l)}';
    const root = emptyRoot(compile('go', source));
    expect(run(root).stdout).toContain('unknown time zone Asia/Tokyo');
    expect(supply(root).entries.map(({ path }) => path)).toEqual(['/usr/share/zoneinfo/Asia/Tokyo']);
    expect(run(root)).toMatchObject({ exitCode: 0, stdout: 'Asia/Tokyo\n' });
  });

  it.each(['gcc', 'gcc -static', 'musl-gcc'] as const)('%s: TZ that names a zone', (compiler) => {
    const env = { TZ: 'America/New_York' };
    const root = emptyRoot(compile(compiler, ZONE), env);
    expect(run(root, env).stdout).toBe('+0000\n');
    expect(needOf(root, 'time-zones')).toMatchObject({
      level: 'certain',
      details: { zone: 'America/New_York' },
    });
    expect(supply(root, env).entries.map(({ path }) => path)).toEqual([
      '/usr/share/zoneinfo/America/New_York',
    ]);
    expect(run(root, env).stdout).toBe('-0500\n');
  });

  it('without TZ there is nothing to add', () => {
    const root = emptyRoot(compile('gcc', ZONE));
    expect(needOf(root, 'time-zones')).toMatchObject({ level: 'possible' });
    expect(supply(root).entries).toEqual([]);
  });

  it.skipIf(!have('go'))('Go: time.LoadLocation', () => {
    const source =
      'package main\nimport ("fmt";"os";"time")\nfunc main(){l,e:=time.LoadLocation(os.Getenv("TZ"));if e!=nil{fmt.Println(e);os.Exit(1)};fmt.Println(l)}';
    const env = { TZ: 'Europe/Paris' };
    const root = emptyRoot(compile('go', source), env);
    expect(run(root, env).stdout).toContain('unknown time zone Europe/Paris');
    supply(root, env);
    expect(run(root, env).stdout).toBe('Europe/Paris\n');
    expect(supply(emptyRoot(compile('go', source))).findings[0]).toMatchObject({ need: 'time-zones' });
  });
});

describe.skipIf(!have('go'))('CA certificates', () => {
  const GO =
    'package main\nimport ("crypto/x509";"fmt")\nfunc main(){p,e:=x509.SystemCertPool();if e!=nil{panic(e)};fmt.Println(len(p.Subjects())>50)}';
  it('Go', () => {
    const root = emptyRoot(compile('go', GO));
    expect(run(root).stdout).toBe('false\n');
    expect(supply(root).entries.map(({ path }) => path)).toEqual(['/etc/ssl/certs/ca-certificates.crt']);
    expect(run(root).stdout).toBe('true\n');
  });

  // libssl's symbols are declared here, so that the test needs the library and not its headers.
  it.skipIf(!existsSync(`${LIB}/libssl.so.3`))(
    'OpenSSL reads only the directory that was compiled in',
    () => {
      const source =
        'void*TLS_client_method(void);void*SSL_CTX_new(void*);int SSL_CTX_set_default_verify_paths(void*);void*SSL_CTX_get_cert_store(void*);void*X509_STORE_get0_objects(void*);int OPENSSL_sk_num(void*);int printf(const char*,...);\nint main(void){void*c=SSL_CTX_new(TLS_client_method());int r=SSL_CTX_set_default_verify_paths(c);printf("%d %d\\n",r,OPENSSL_sk_num(X509_STORE_get0_objects(SSL_CTX_get_cert_store(c)))>50);return 0;}';
      const root = emptyRoot(compile('gcc', source, '-l:libssl.so.3', '-l:libcrypto.so.3'));
      expect(run(root).stdout).toBe('1 0\n');
      expect(needOf(root, 'ca-certificates')).toMatchObject({
        level: 'likely',
        details: { openssldir: '/usr/lib/ssl' },
      });
      const paths = supply(root).entries.map(({ path }) => path);
      expect(paths).toEqual(['/etc/ssl/certs/ca-certificates.crt', '/usr/lib/ssl/cert.pem']);
      expect(run(root).stdout).toBe('1 1\n');
    },
  );

  it('a Go server that never connects gets none', () => {
    const source = 'package main\nimport "net/http"\nfunc main(){_ = http.ListenAndServe("127.0.0.1:0",nil)}';
    const root = emptyRoot(compile('go', source));
    expect(needOf(root, 'ca-certificates')).toMatchObject({ level: 'possible' });
    expect(supply(root).entries).toEqual([]);
  });
});

describe.skipIf(!have('gcc', 'musl-gcc'))('locale and character sets', () => {
  it('LANG=C.UTF-8 on glibc', () => {
    const env = { LANG: 'C.UTF-8' };
    const source =
      '#include <locale.h>\n#include <stdio.h>\nint main(void){char*l=setlocale(LC_ALL,"");puts(l?l:"none");return 0;}';
    const root = emptyRoot(compile('gcc', source), env);
    expect(run(root, env).stdout).toBe('none\n');
    expect(needOf(root, 'locale')).toMatchObject({ level: 'certain' });
    expect(supply(root, env).entries.length).toBeGreaterThan(5);
    expect(run(root, env).stdout).toBe('C.UTF-8\n');
  });

  const ICONV =
    '#include <iconv.h>\n#include <stdio.h>\nint main(void){puts(iconv_open("UTF-8","SHIFT_JIS")==(iconv_t)-1?"no":"yes");return 0;}';
  it('iconv on glibc: the modules of the character set that it names', () => {
    const root = emptyRoot(compile('gcc', ICONV));
    expect(run(root).stdout).toBe('no\n');
    expect(needOf(root, 'iconv')).toMatchObject({ level: 'likely', details: { charset: 'SHIFT_JIS' } });
    const { libraries, findings } = supply(root);
    expect(libraries.map(({ name }) => name)).toEqual(['/usr/lib/x86_64-linux-gnu/gconv/SJIS.so']);
    expect(findings).toEqual([]);
    expect(run(root).stdout).toBe('yes\n');
  });

  it('iconv on static glibc is for the user, since no module can be loaded', () => {
    const root = emptyRoot(compile('gcc', ICONV, '-static'));
    expect(supply(root).findings).toMatchObject([
      { need: 'iconv', hint: expect.stringContaining('musl') as string },
    ]);
  });

  it('iconv on musl needs nothing', () => {
    const root = emptyRoot(compile('musl-gcc', ICONV));
    expect(run(root).stdout).toBe('yes\n');
    expect(needOf(root, 'iconv')).toBeUndefined();
  });
});

describe.skipIf(!have('gcc', 'musl-gcc'))('libraries that no DT_NEEDED names', () => {
  it('pthread_exit loads libgcc_s', () => {
    const source =
      '#include <pthread.h>\n#include <stdio.h>\nstatic void*f(void*a){(void)a;pthread_exit(0);}\nint main(void){pthread_t t;pthread_create(&t,0,f,0);pthread_join(t,0);puts("joined");return 0;}';
    const root = emptyRoot(compile('gcc', source));
    const before = run(root);
    expect(before.stderr).toContain('libgcc_s.so.1 must be installed for pthread_exit to work');
    expect(before.signal ?? before.exitCode).toMatch(/SIGABRT|134/);
    expect(supply(root).libraries).toMatchObject([{ name: 'libgcc_s.so.1' }]);
    expect(run(root)).toMatchObject({ exitCode: 0, stdout: 'joined\n' });
  });

  it('a static musl program cannot load plugins', () => {
    const source =
      '#include <dlfcn.h>\n#include <stdio.h>\nint main(void){if(!dlopen("libm.so",RTLD_NOW))puts(dlerror());return 0;}';
    const root = emptyRoot(compile('musl-gcc', source));
    expect(run(root).stdout).toBe('Dynamic loading not supported\n');
    expect(needOf(root, 'plugins')).toMatchObject({ level: 'likely' });
  });

  it.skipIf(!existsSync(`${LIB}/libcrypto.so.3`))('the legacy provider of OpenSSL', () => {
    const source =
      'void*OSSL_PROVIDER_load(void*,const char*);int puts(const char*);\nint main(void){puts(OSSL_PROVIDER_load(0,"legacy")?"loaded":"not loaded");return 0;}';
    const root = emptyRoot(compile('gcc', source, '-l:libcrypto.so.3'));
    expect(run(root).stdout).toBe('not loaded\n');
    expect(supply(root).entries.map(({ path }) => path)).toEqual([
      '/usr/lib/x86_64-linux-gnu/ossl-modules/legacy.so',
    ]);
    expect(run(root).stdout).toBe('loaded\n');
  });
});

describe.skipIf(!have('gcc', 'musl-gcc'))('names, services, programs', () => {
  const LOCALHOST =
    '#include <netdb.h>\n#include <stdio.h>\nint main(void){struct addrinfo*a;int r=getaddrinfo("localhost",0,0,&a);puts(r?gai_strerror(r):"found");return 0;}';
  it.each(['gcc', 'musl-gcc'] as const)('%s: localhost is in the runtime’s /etc/hosts', (compiler) => {
    const root = emptyRoot(compile(compiler, LOCALHOST));
    expect(run(root).stdout).toMatch(/Temporary failure|Try again/);
    expect(needOf(root, 'name-resolution')).toMatchObject({ level: 'likely' });
    expect(supply(root).entries).toEqual([]);
    addText(root, '/etc/hosts', '127.0.0.1 localhost\n');
    expect(run(root).stdout).toBe('found\n');
  });

  it.skipIf(!existsSync('/etc/services'))('getservbyname', () => {
    const source =
      '#include <netdb.h>\n#include <stdio.h>\nint main(void){puts(getservbyname("postgresql","tcp")?"known":"unknown");return 0;}';
    const root = emptyRoot(compile('gcc', source));
    expect(run(root).stdout).toBe('unknown\n');
    supply(root);
    expect(run(root).stdout).toBe('known\n');
  });

  const SYSTEM =
    '#include <stdio.h>\n#include <stdlib.h>\n#include <sys/wait.h>\nint main(void){int r=system("exit 3");printf("%d\\n",r<0?r:WEXITSTATUS(r));return 0;}';
  it.each(['gcc', 'musl-gcc'] as const)('%s: system() needs a shell', (compiler) => {
    const root = emptyRoot(compile(compiler, SYSTEM));
    // musl 1.2.3 gives -1 for a shell that cannot be started, newer ones 127 as glibc does.
    expect(run(root).stdout).toMatch(/^(127|-1)\n$/);
    expect(supply(root).findings).toMatchObject([{ need: 'shell' }]);
    const shell = emptyRoot('/bin/sh');
    add(root, shell.directory, '/');
    add(root, '/bin/sh', '/bin/sh');
    add(root, root.closure.path, '/app');
    expect(run(root).stdout).toBe('3\n');
  });

  it.skipIf(!have('go'))('Go: os/exec', () => {
    const source =
      'package main\nimport ("fmt";"os/exec")\nfunc main(){o,e:=exec.Command("tool").Output();fmt.Println(string(o),e)}';
    const root = emptyRoot(compile('go', source));
    const env = { PATH: '/bin' };
    expect(run(root, env).stdout).toContain('executable file not found in $PATH');
    expect(needOf(root, 'programs')).toMatchObject({ level: 'likely' });
    add(root, compile('go', 'package main\nfunc main(){print("x")}'), '/bin/tool');
    addText(root, '/dev/null', '');
    expect(run(root, env).stdout).toContain('<nil>');
  });

  it('a server without a signal handler is told about PID 1', () => {
    const listen =
      '#include <sys/socket.h>\n#include <unistd.h>\nint main(void){int s=socket(AF_INET,SOCK_STREAM,0);listen(s,1);return accept(s,0,0);}';
    expect(needOf(emptyRoot(compile('gcc', listen)), 'signal-handler')).toMatchObject({ level: 'likely' });
    const handled = listen
      .replace('#include <unistd.h>', '#include <unistd.h>\n#include <signal.h>')
      .replace('int s=', 'signal(SIGTERM,_exit);int s=');
    expect(needOf(emptyRoot(compile('gcc', handled)), 'signal-handler')).toBeUndefined();
  });
});

describe.skipIf(!have('gcc', 'musl-gcc'))('terminal, data files, stacks', () => {
  it.skipIf(!existsSync(`${LIB}/libtinfo.so.6`))('setupterm', () => {
    const source =
      'int setupterm(const char*,int,int*);int printf(const char*,...);\nint main(void){int e;int r=setupterm("xterm",1,&e);printf("%d %d\\n",r,e);return 0;}';
    const root = emptyRoot(compile('gcc', source, '-l:libtinfo.so.6'));
    expect(run(root).stdout).toBe('-1 -1\n');
    expect(supply(root).entries.map(({ path }) => path)).toEqual(['/usr/share/terminfo/x/xterm']);
    expect(run(root).stdout).toBe('0 1\n');
  });

  it.skipIf(!existsSync(`${LIB}/libmagic.so.1`))('libmagic', () => {
    const source =
      'void*magic_open(int);int magic_load(void*,const char*);int printf(const char*,...);\nint main(void){printf("%d\\n",magic_load(magic_open(0),0));return 0;}';
    const root = emptyRoot(compile('gcc', source, '-l:libmagic.so.1'));
    expect(run(root).stdout).toBe('-1\n');
    supply(root);
    expect(run(root).stdout).toBe('0\n');
  });

  it('threads of musl have small stacks', () => {
    const source =
      '#include <pthread.h>\n#include <stdio.h>\nstatic void*f(void*a){volatile char b[1000000];for(int i=0;i<1000000;i+=1000)b[i]=1;return b[1000]?a:0;}\nint main(void){pthread_t t;pthread_create(&t,0,f,0);pthread_join(t,0);puts("done");return 0;}';
    const small = emptyRoot(compile('musl-gcc', source, '-Wl,--strip-debug'));
    const before = run(small);
    expect(before.signal ?? before.exitCode).toMatch(/SIGSEGV|139/);
    expect(needOf(emptyRoot(unstripped(source)), 'thread-stack')?.fix).toContain('-z,stack-size');
    const large = emptyRoot(compile('musl-gcc', source, '-Wl,-z,stack-size=8388608'));
    expect(run(large)).toMatchObject({ exitCode: 0, stdout: 'done\n' });
    expect(needOf(large, 'thread-stack')).toBeUndefined();
  });
});

/** Linked dynamically with musl, so that its imports can be read. */
function unstripped(source: string): string {
  return compile('gcc', source, '-specs', '/usr/lib/x86_64-linux-musl/musl-gcc.specs');
}
