import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { hasTool, requireInCi } from '../reference-tools.ts';
import { addText, compile, emptyRoot, needOf, removeRoots, run, supply } from './needs-root.ts';

/** Needs whose fix is the runtime's or the user's, and libraries that are linked statically. */
const isRoot = requireInCi('root, for chroot', process.getuid?.() === 0);
const have = (...tools: readonly string[]): boolean => isRoot && tools.every((tool) => hasTool(tool));
afterAll(removeRoots);

describe.skipIf(!have('gcc'))('OpenSSL linked statically', () => {
  const here = existsSync('/usr/lib/x86_64-linux-gnu/libcrypto.a');
  const TLS =
    'void*TLS_client_method(void);void*SSL_CTX_new(void*);int SSL_CTX_set_default_verify_paths(void*);void*SSL_CTX_get_cert_store(void*);void*X509_STORE_get0_objects(void*);int OPENSSL_sk_num(void*);int printf(const char*,...);\nint main(void){void*c=SSL_CTX_new(TLS_client_method());SSL_CTX_set_default_verify_paths(c);printf("%d\\n",OPENSSL_sk_num(X509_STORE_get0_objects(SSL_CTX_get_cert_store(c)))>50);return 0;}';
  const SHA =
    'unsigned char*SHA256(const unsigned char*,unsigned long,unsigned char*);int printf(const char*,...);\nint main(void){unsigned char o[32];SHA256((void*)"x",1,o);printf("%02x\\n",o[0]);return 0;}';

  it.skipIf(!here)('tells its directory in a stripped program', () => {
    const root = emptyRoot(compile('gcc -static', TLS, '-lssl', '-lcrypto'));
    expect(run(root).stdout).toBe('0\n');
    expect(needOf(root, 'ca-certificates')).toMatchObject({
      level: 'likely',
      details: { openssldir: '/usr/lib/ssl' },
    });
    supply(root);
    expect(run(root).stdout).toBe('1\n');
  });

  it.skipIf(!here)('a program that only hashes gets no certificates', () => {
    const root = emptyRoot(compile('gcc -static', SHA, '-lcrypto'));
    expect(run(root).stdout).toBe('2d\n');
    expect(supply(root).entries.map(({ path }) => path)).not.toContain('/etc/ssl/certs/ca-certificates.crt');
  });
});

describe.skipIf(!have('rustc'))('Rust', () => {
  it('certificates at the places where openssl-probe looks', () => {
    const source =
      'fn main(){let found=["/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem","/etc/ssl/certs/ca-certificates.crt"].iter().any(|p|std::fs::metadata(p).is_ok());println!("{}",found);}';
    const root = emptyRoot(compile('rustc', source));
    expect(run(root).stdout).toBe('false\n');
    expect(needOf(root, 'ca-certificates')).toMatchObject({ level: 'likely' });
    supply(root);
    expect(run(root).stdout).toBe('true\n');
  });

  it('other programs', () => {
    const source =
      'fn main(){match std::process::Command::new("tool").status(){Ok(_)=>println!("ran"),Err(e)=>println!("{}",e.kind())}}';
    const root = emptyRoot(compile('rustc', source));
    expect(run(root).stdout).toBe('entity not found\n');
    expect(needOf(root, 'programs')).toMatchObject({ level: 'possible' });
  });
});

describe.skipIf(!have('go'))('Go', () => {
  it('the home directory', () => {
    const source = 'package main\nimport ("fmt";"os")\nfunc main(){fmt.Println(os.UserHomeDir())}';
    const root = emptyRoot(compile('go', source));
    expect(run(root).stdout).toContain('$HOME is not defined');
    expect(needOf(root, 'home')).toMatchObject({ level: 'possible' });
    expect(run(root, { HOME: '/home/nonroot' }).stdout).toContain('/home/nonroot <nil>');
  });

  it('content types by file extension', () => {
    const source =
      'package main\nimport ("fmt";"mime")\nfunc main(){fmt.Printf("%q\\n",mime.TypeByExtension(".odt"))}';
    const root = emptyRoot(compile('go', source));
    expect(run(root).stdout).toBe('""\n');
    expect(needOf(root, 'mime-types')).toMatchObject({ level: 'possible' });
    addText(root, '/etc/mime.types', 'application/vnd.oasis.opendocument.text\todt\n');
    expect(run(root).stdout).toBe('"application/vnd.oasis.opendocument.text"\n');
  });

  it('the path of the program itself', () => {
    const source = 'package main\nimport ("fmt";"os")\nfunc main(){fmt.Println(os.Executable())}';
    const root = emptyRoot(compile('go', source));
    expect(run(root).stdout).toContain('/proc/self/exe: no such file or directory');
    expect(needOf(root, 'proc')?.fix).toContain('/proc');
  });
});

describe.skipIf(!have('gcc'))('the process', () => {
  it('shared memory is where the runtime makes it', () => {
    const source =
      '#include <fcntl.h>\n#include <stdio.h>\n#include <sys/mman.h>\nint main(void){if(shm_open("/x",O_CREAT|O_RDWR,0600)<0)perror("shm_open");else puts("ok");return 0;}';
    const root = emptyRoot(compile('gcc', source));
    expect(run(root).stderr).toContain('No such file or directory');
    expect(needOf(root, 'shared-memory')).toMatchObject({ level: 'possible' });
    mkdirSync(join(root.directory, 'dev/shm'), { recursive: true });
    chmodSync(join(root.directory, 'dev/shm'), 0o1777);
    expect(run(root).stdout).toBe('ok\n');
  });

  it('children that nobody waits for', () => {
    const source = '#include <unistd.h>\nint main(void){return fork()<0;}';
    expect(needOf(emptyRoot(compile('gcc', source)), 'init')).toMatchObject({ level: 'possible' });
    const waits =
      '#include <sys/wait.h>\n#include <unistd.h>\nint main(void){int r=fork()<0;wait(0);return r;}';
    expect(needOf(emptyRoot(compile('gcc', waits)), 'init')).toBeUndefined();
  });

  it('SIGTERM is ignored as PID 1 without a handler, and heard with one', async () => {
    const server = (setUp: string): string =>
      compile('gcc', `#include <signal.h>\n#include <unistd.h>\nint main(void){${setUp}pause();return 0;}`);
    const [deaf, hears] = [server(''), server('signal(SIGTERM,_exit);')];
    expect(needOf(emptyRoot(deaf), 'signal-handler')).toMatchObject({ level: 'likely' });
    expect(needOf(emptyRoot(hears), 'signal-handler')).toBeUndefined();
    expect(await endsOnTerm(deaf)).toBe(false);
    expect(await endsOnTerm(hears)).toBe(true);
  });
});

/** Started as the first process of a PID namespace and sent SIGTERM: is it gone? */
async function endsOnTerm(program: string): Promise<boolean> {
  const unshare = spawn('unshare', ['--pid', '--fork', '--kill-child', program], { stdio: 'ignore' });
  const ended = new Promise<true>((resolve) => unshare.on('close', () => resolve(true)));
  try {
    const inner = await sleepingChild(unshare.pid ?? 0, program);
    process.kill(inner, 'SIGTERM');
    return await Promise.race([ended, sleep(1500).then(() => false)]);
  } finally {
    unshare.kill('SIGKILL');
    await ended;
  }
}

/** The pid of the one child, once it runs the program and sleeps in pause(2). */
async function sleepingChild(parent: number, program: string): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    await sleep(50);
    const child = Number(read(`/proc/${parent}/task/${parent}/children`).trim());
    const status = read(`/proc/${child}/status`);
    const isProgram = status.includes(`Name:\t${program.slice(program.lastIndexOf('/') + 1).slice(0, 15)}\n`);
    if (isProgram && /^State:\tS/m.test(status)) return child;
  }
  throw new Error(`${program} did not start`);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
