/** A program that does its job only with the files of one need. */
export interface NeedCase {
  readonly need: string;
  /** For the table: what it does. */
  readonly job: string;
  readonly source: string;
  /** As after -l. */
  readonly link?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Nothing is packed of it by itself: `--with` asks for it. */
  readonly isAsked?: true;
  /** A file of this machine without which there is no such test. */
  readonly requires?: string;
  /** A program of this machine instead of a source. */
  readonly program?: string;
  readonly args?: readonly string[];
}

const LIB = '/usr/lib/x86_64-linux-gnu';
const main = (head: string, body: string): string => `${head}\nint main(void){${body}}\n`;
const STDIO = '#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>';
/** What it prints is "ok", or why not. */
const answer = (condition: string, words: string): string =>
  `if(${condition}){puts("ok");return 0;}fputs("${words}\\n",stderr);return 1;`;

export const NEED_CASES: readonly NeedCase[] = [
  {
    need: 'tmp',
    job: 'tmpfile',
    source: main(STDIO, answer('tmpfile()', 'no temporary file')),
  },
  {
    need: 'time-zones',
    job: 'localtime with the literal Europe/Berlin',
    source: main(
      `${STDIO}\n#include <time.h>`,
      `time_t t=0;setenv("TZ","Europe/Berlin",1);tzset();${answer('localtime(&t)->tm_hour==1', 'not the time of Berlin')}`,
    ),
    requires: '/usr/share/zoneinfo/Europe/Berlin',
  },
  {
    need: 'users',
    job: 'getpwuid of itself',
    source: main(
      `${STDIO}\n#include <pwd.h>\n#include <unistd.h>`,
      answer('getpwuid(getuid())', 'I have no name'),
    ),
  },
  {
    need: 'home',
    job: 'a folder below HOME, or XDG_CACHE_HOME',
    source: main(
      `${STDIO}\n#include <sys/stat.h>`,
      `char p[4096];const char*c=getenv("XDG_CACHE_HOME");snprintf(p,sizeof p,"%s/.cache",c?c:getenv("HOME"));${answer('!mkdir(p,0700)', 'no place for a cache')}`,
    ),
  },
  {
    need: 'ca-certificates',
    job: 'the default store of OpenSSL',
    source: main(
      `${STDIO}\nvoid*TLS_client_method(void);void*SSL_CTX_new(void*);int SSL_CTX_set_default_verify_paths(void*);void*SSL_CTX_get_cert_store(void*);void*X509_STORE_get0_objects(void*);int OPENSSL_sk_num(void*);`,
      `void*c=SSL_CTX_new(TLS_client_method());SSL_CTX_set_default_verify_paths(c);${answer('OPENSSL_sk_num(X509_STORE_get0_objects(SSL_CTX_get_cert_store(c)))>50', 'no authorities')}`,
    ),
    link: [':libssl.so.3', ':libcrypto.so.3'],
    requires: `${LIB}/libssl.so.3`,
  },
  {
    need: 'locale',
    job: 'setlocale with LANG=C.UTF-8',
    source: main(`${STDIO}\n#include <locale.h>`, answer('setlocale(LC_ALL,"")', 'cannot change locale')),
    env: { LANG: 'C.UTF-8' },
  },
  {
    need: 'iconv',
    job: 'iconv_open of SHIFT_JIS',
    source: main(
      `${STDIO}\n#include <iconv.h>`,
      answer('iconv_open("UTF-8","SHIFT_JIS")!=(iconv_t)-1', 'no such character set'),
    ),
  },
  {
    need: 'services',
    job: 'getservbyname and getprotobyname',
    source: main(
      `${STDIO}\n#include <netdb.h>`,
      answer('getservbyname("postgresql","tcp")&&getprotobyname("udp")', 'unknown service'),
    ),
    requires: '/etc/services',
  },
  {
    need: 'terminfo',
    job: 'setupterm of xterm',
    source: main(
      `${STDIO}\nint setupterm(const char*,int,int*);`,
      `int e;${answer('setupterm("xterm",1,&e)==0', 'unknown terminal')}`,
    ),
    link: [':libtinfo.so.6'],
    requires: `${LIB}/libtinfo.so.6`,
  },
  {
    need: 'magic',
    job: 'magic_load',
    source: main(
      `${STDIO}\nvoid*magic_open(int);int magic_load(void*,const char*);`,
      answer('magic_load(magic_open(0),0)==0', 'could not find any valid magic files'),
    ),
    link: [':libmagic.so.1'],
    requires: `${LIB}/libmagic.so.1`,
  },
  {
    need: 'mime-types',
    job: 'a reader of /etc/mime.types',
    source: main(STDIO, answer('fopen("/etc/mime.types","r")', 'no types')),
    requires: '/etc/mime.types',
  },
  {
    need: 'openssl-legacy-provider',
    job: 'OSSL_PROVIDER_load of legacy',
    source: main(
      `${STDIO}\nvoid*OSSL_PROVIDER_load(void*,const char*);`,
      answer('OSSL_PROVIDER_load(0,"legacy")', 'not loaded'),
    ),
    link: [':libcrypto.so.3'],
    requires: `${LIB}/ossl-modules/legacy.so`,
  },
  {
    need: 'openssl-configuration',
    job: 'the default configuration of OpenSSL',
    source: main(
      `${STDIO}\nchar*CONF_get1_default_config_file(void);`,
      answer('fopen(CONF_get1_default_config_file(),"r")', 'no openssl.cnf'),
    ),
    link: [':libcrypto.so.3'],
    requires: '/usr/lib/ssl/openssl.cnf',
  },
  {
    need: 'libgcc_s',
    job: 'pthread_exit in a thread',
    source: main(
      `${STDIO}\n#include <pthread.h>\nstatic void*f(void*a){(void)a;pthread_exit(0);}`,
      'pthread_t t;pthread_create(&t,0,f,0);pthread_join(t,0);puts("ok");return 0;',
    ),
  },
  {
    need: 'fonts',
    job: 'FcFontMatch of sans',
    source: main(
      `${STDIO}\nint FcInit(void);void*FcNameParse(const char*);int FcConfigSubstitute(void*,void*,int);void FcDefaultSubstitute(void*);void*FcFontMatch(void*,void*,int*);int FcPatternGetString(void*,const char*,int,char**);`,
      // Its cache cannot be written, which it says once for each folder of fonts.
      `int r;char*f=0;freopen("/dev/null","w",stderr);FcInit();void*p=FcNameParse("sans");FcConfigSubstitute(0,p,0);FcDefaultSubstitute(p);void*m=FcFontMatch(0,p,&r);if(m&&!FcPatternGetString(m,"file",0,&f)){puts("ok");return 0;}puts("no font");return 1;`,
    ),
    link: [':libfontconfig.so.1'],
    requires: '/etc/fonts/fonts.conf',
  },
  {
    need: 'gsettings-schemas',
    job: 'g_settings_new of a schema',
    source: main(
      `${STDIO}\nvoid*g_settings_new(const char*);`,
      answer('g_settings_new("org.gnome.desktop.interface")', 'none'),
    ),
    link: [':libgio-2.0.so.0'],
    env: { GSETTINGS_BACKEND: 'memory' },
    requires: '/usr/share/glib-2.0/schemas/gschemas.compiled',
  },
  {
    need: 'gio-modules',
    job: 'g_tls_backend_supports_tls',
    source: main(
      `${STDIO}\nvoid*g_tls_backend_get_default(void);int g_tls_backend_supports_tls(void*);`,
      answer('g_tls_backend_supports_tls(g_tls_backend_get_default())', 'TLS support is not available'),
    ),
    link: [':libgio-2.0.so.0'],
    requires: `${LIB}/gio/modules/libgiognutls.so`,
  },
  {
    need: 'state-directories',
    job: 'a pid file in /run/morsel-example',
    source: main(STDIO, answer('fopen("/run/morsel-example/app.pid","w")', 'no pid file')),
  },
  {
    need: 'pam',
    job: 'pam_start of a service',
    source: main(
      `${STDIO}\nint pam_start(const char*,const char*,const void*,void**);`,
      `void*h=0;const void*conv[2]={0,0};${answer('pam_start("example","root",conv,&h)==0', 'pam_start failed')}`,
    ),
    link: [':libpam.so.0'],
    isAsked: true,
    requires: '/etc/pam.d/other',
  },
  {
    need: 'icu',
    job: 'dlopen of libicuuc by a made name',
    source: main(
      `${STDIO}\n#include <dlfcn.h>`,
      `char n[32];for(int v=99;v>60;v--){snprintf(n,sizeof n,"libicuuc.so.%d",v);if(dlopen(n,RTLD_NOW)){puts("ok");return 0;}}fputs("no ICU\\n",stderr);return 1;`,
    ),
    isAsked: true,
    requires: `${LIB}/libicuuc.so`,
  },
  {
    need: 'interpreter-libraries',
    job: 'python3 -c "import json, ssl"',
    source: '',
    program: '/usr/bin/python3.11',
    args: ['-c', 'import json, ssl, sqlite3; print("ok")'],
    isAsked: true,
    requires: '/usr/lib/python3.11/ssl.py',
  },
];
