import { describe, expect, it } from 'vitest';
import { explain } from './index.ts';

/** Texts as docker 20.10, podman 4.3 (crun 1.8), runc 1.1, bwrap, chroot and unshare printed them; the first cause. */
const TEXTS: readonly (readonly [string, string])[] = [
  ['exec /hello: no such file or directory', 'missing-interpreter'],
  [
    '{"msg":"exec container process (missing dynamic library?) `/hello`: No such file or directory","level":"error","time":"2026-11-21T17:11:19.083224Z"}',
    'missing-interpreter',
  ],
  [
    'exec container process (missing dynamic library?) `/hello`: No such file or directory',
    'missing-interpreter',
  ],
  ['bwrap: execvp /hello: No such file or directory', 'command-not-found'],
  ['chroot: failed to run command ‘/hello’: No such file or directory', 'command-not-found'],
  ['unshare: failed to execute /hello: No such file or directory', 'command-not-found'],
  ['exec /hello: exec format error', 'wrong-architecture'],
  [
    '{"msg":"exec container process `/hello`: Exec format error","level":"error","time":"2026-11-21T17:11:27.756516Z"}',
    'wrong-architecture',
  ],
  ['standard_init_linux.go:228: exec user process caused: exec format error', 'wrong-architecture'],
  ['standard_init_linux.go:228: exec user process caused: no such file or directory', 'missing-interpreter'],
  [
    '/hello: error while loading shared libraries: libc.so.6: cannot open shared object file: No such file or directory',
    'missing-library',
  ],
  [
    'docker: Error response from daemon: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/hello": permission denied: unknown.',
    'not-executable',
  ],
  ['Error: crun: open executable: Permission denied: OCI permission denied', 'not-executable'],
  [
    'time="2026-11-21T17:11:43Z" level=error msg="runc run failed: unable to start container process: exec: \\"/hello\\": permission denied"',
    'not-executable',
  ],
  ['bwrap: execvp /hello: Permission denied', 'not-executable'],
  [
    'docker: Error response from daemon: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/hello": stat /hello: no such file or directory: unknown.',
    'command-not-found',
  ],
  [
    'Error: crun: executable file `/hello` not found in $PATH: No such file or directory: OCI runtime attempted to invoke a command that was not found',
    'command-not-found',
  ],
  [
    'time="2026-11-21T17:11:50Z" level=error msg="runc run failed: unable to start container process: exec: \\"/hello\\": stat /hello: no such file or directory"',
    'command-not-found',
  ],
  [
    'OCI runtime create failed: runc create failed: unable to start container process: exec: "/bin/sh": stat /bin/sh: no such file or directory: unknown.',
    'shell-form-without-shell',
  ],
  [
    'Error: crun: executable file `/bin/sh` not found in $PATH: No such file or directory: OCI runtime attempted to invoke a command that was not found',
    'shell-form-without-shell',
  ],
  ['exec: "hello": executable file not found in $PATH: unknown.', 'command-not-found'],
  [
    "/hello: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.34' not found (required by /hello)",
    'version-too-old',
  ],
  ['/hello: symbol lookup error: /hello: undefined symbol: bar', 'undefined-symbol'],
  [
    "WARNING: The requested image's platform (linux/arm64) does not match the detected host platform (linux/amd64) and no specific platform was requested",
    'wrong-architecture',
  ],
  ['docker: Error response from daemon: No command specified.', 'no-command'],
  ['Error: no command or entrypoint provided, and no CMD or ENTRYPOINT from image', 'no-command'],
  ['Error: unable to find user app: no matching entries in passwd file', 'user-not-in-passwd'],
  [
    'Error loading shared library libstdc++.so.6: No such file or directory (needed by /hello)',
    'missing-library',
  ],
  ['Error relocating /hello: __printf_chk: symbol not found', 'glibc-program-on-musl'],
  ['libgcc_s.so.1 must be installed for pthread_exit to work', 'libgcc-missing'],
  ['/app: CPU ISA level is lower than required', 'cpu-level'],
  ['This program can only be run on AMD64 processors with v3 microarchitecture support.', 'cpu-level'],
  [
    'Get "https://example.org": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    'no-ca-certificates',
  ],
  ['curl: (60) SSL certificate problem: unable to get local issuer certificate', 'no-ca-certificates'],
  ['invalid peer certificate: UnknownIssuer', 'no-ca-certificates'],
  ['panic: unknown time zone America/New_York', 'no-time-zone'],
  ['open /tmp/x123: no such file or directory', 'no-tmp'],
  ['user: Current requires cgo or $USER, $HOME set in environment', 'no-users'],
  [
    "terminate called after throwing an instance of 'std::runtime_error'\n  what():  locale::facet::_S_create_c_locale name not valid",
    'no-locale',
  ],
  ['getaddrinfo() thread failed to start', 'clone3-refused'],
  ['Error opening terminal: xterm.', 'terminal-description'],
  ['listen tcp :80: bind: permission denied', 'capability-missing'],
  [
    'Error: container has runAsNonRoot and image has non-numeric user (app), cannot verify user is non-root',
    'non-numeric-user',
  ],
  ['container has runAsNonRoot and image will run as root', 'runs-as-root'],
  ['CreateContainerError', 'command-not-found'],
  ['CrashLoopBackOff', 'missing-interpreter'],
  ['Last State: Terminated, Reason: OOMKilled, Exit Code: 137', 'out-of-memory'],
  ['exit code 126', 'not-executable'],
  ['Exited (127) 3 seconds ago', 'command-not-found'],
  ['exit status 132', 'cpu-level'],
  ['exited with code 134', 'libgcc-missing'],
  ['exit code: 136', 'nsswitch-module'],
  ['exit code 137', 'out-of-memory'],
  ['Exit Code: 139', 'damaged-program'],
  ['143', 'stopped'],
  // Public reports, and others of their kinds.
  ['rosetta error: failed to open elf at /lib64/ld-linux-x86-64.so.2', 'missing-interpreter'],
  [
    "qemu-x86_64: Could not open '/lib64/ld-linux-x86-64.so.2': No such file or directory",
    'missing-interpreter',
  ],
  [
    "qemu-aarch64-static: Could not open '/lib/ld-linux-aarch64.so.1': No such file or directory",
    'missing-interpreter',
  ],
  [
    "x86_64-binfmt-P: Could not open '/lib/ld-musl-x86_64.so.1': No such file or directory",
    'missing-interpreter',
  ],
  ['sh: ./webdav: not found', 'missing-interpreter'],
  ['/bin/sh: 1: ./app: not found', 'missing-interpreter'],
  ['/bin/ash: /usr/local/bin/app: not found', 'missing-interpreter'],
  ['bash: line 1: ./app: No such file or directory', 'missing-interpreter'],
  ['-bash: ./app: cannot execute: required file not found', 'missing-interpreter'],
  ['/entrypoint.sh: line 12: ./app: not found', 'missing-interpreter'],
  ['/entrypoint.sh: exec: line 3: /app: not found', 'missing-interpreter'],
  ["env: 'python3': No such file or directory", 'missing-program'],
  ['/usr/bin/env: ‘node’: No such file or directory', 'missing-program'],
  ["env: can't execute 'bash': No such file or directory", 'missing-program'],
  ['fork/exec /usr/bin/git: no such file or directory', 'missing-program'],
  ['Error: spawn ffmpeg ENOENT', 'missing-program'],
  ['Error relocating /lib/ld-linux-x86-64.so.2: unsupported relocation type 37', 'glibc-program-on-musl'],
  [
    '/opt/x.sh: /opt/env/bin/hisat2: /opt/conda/envs/mulled-v1: bad interpreter: No such file or directory',
    'missing-script-interpreter',
  ],
  ['/app: bad interpreter: No such file or directory', 'missing-script-interpreter'],
  ['-bash: ./run.sh: /bin/bash^M: bad interpreter: No such file or directory', 'crlf-shebang'],
  ['/usr/bin/env: ‘bash\\r’: No such file or directory', 'crlf-shebang'],
  ["env: 'python3\r': No such file or directory", 'crlf-shebang'],
  ['standard_init_linux.go:228: exec user process caused: permission denied', 'not-executable'],
  [
    '/app: error while loading shared libraries: libssl.so.1.1: cannot open shared object file',
    'missing-library',
  ],
  ['/entrypoint.sh: line 3:     7 Killed', 'out-of-memory'],
  ['dlopen(): error loading libfuse.so.2  AppImages require FUSE to run.', 'appimage-fuse'],
  ['fuse: device not found, try modprobe fuse first', 'appimage-fuse'],
  [
    "ERROR: ld.so: object '/usr/lib/x86_64-linux-gnu/libjemalloc.so.2' from LD_PRELOAD cannot be preloaded (cannot open shared object file): ignored.",
    'missing-preload',
  ],
  ['exec /app: invalid argument', 'unmappable-segment'],
  ['standard_init_linux.go:228: exec user process caused: invalid argument', 'unmappable-segment'],
  [
    '/app: error while loading shared libraries: /lib/libx.so: ELF load command alignment not page-aligned',
    'unmappable-segment',
  ],
  [
    './app: relocation error: /lib/libssl.so.3: symbol EVP_KDF_fetch version OPENSSL_3.0.0 not defined in file libcrypto.so.3 with link time reference',
    'mixed-libraries',
  ],
  [
    'relocation error: /lib/x86_64-linux-gnu/libpthread.so.0: symbol __libc_vfork, version GLIBC_PRIVATE not defined in file libc.so.6 with link time reference',
    'mixed-libraries',
  ],
  [
    "Fatal Python error: init_fs_encoding: failed to get the Python codec of the filesystem encoding\nModuleNotFoundError: No module named 'encodings'",
    'language-library',
  ],
  ['ImportError: No module named encodings', 'language-library'],
  ["Can't locate strict.pm in @INC (you may need to install the strict module)", 'language-library'],
  ['cannot load such file -- rubygems.rb (LoadError)', 'language-library'],
  ["Error: Cannot find module '/app/index.js'", 'language-library'],
  ['tmux: need UTF-8 locale (LC_CTYPE) but have ANSI_X3.4-1968', 'no-utf8-locale'],
  ["fatal: detected dubious ownership in repository at '/data'", 'foreign-owner'],
  ["fatal: unsafe repository ('/src' is owned by someone else)", 'foreign-owner'],
  ['error:0308010C:digital envelope routines::unsupported', 'no-legacy-provider'],
  ['could not load the shared library: legacy.so', 'no-legacy-provider'],
  ['ValueError: [digital envelope routines] unsupported', 'no-legacy-provider'],
  ['iconv_open: Invalid argument', 'no-character-sets'],
  ["iconv: conversion from 'SHIFT_JIS' is not supported", 'no-character-sets'],
  ['FATAL: kernel too old', 'kernel-too-old'],
  ['Fatal glibc error: CPU does not support x86-64-v3', 'base-cpu-level'],
  ['Fatal glibc error: CPU lacks VXE support (z14 or later required)', 'base-cpu-level'],
  ['Error opening terminal: xterm-256color.', 'terminal-description'],
  ["'xterm-kitty': unknown terminal type.", 'terminal-description'],
  ['missing or unsuitable terminal: tmux-256color', 'terminal-description'],
  ['Error loading shared library: Dynamic loading not supported', 'static-dlopen'],
  ['listen EACCES: permission denied 0.0.0.0:80', 'capability-missing'],
  ['nginx: [emerg] bind() to 0.0.0.0:80 failed (13: Permission denied)', 'capability-missing'],
  ['bind: address already in use', 'address-in-use'],
  ['Error: listen EADDRINUSE: address already in use :::3000', 'address-in-use'],
  ['nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)', 'address-in-use'],
  ['panic: open templates/index.html: no such file or directory', 'missing-file'],
  ['Error: Os { code: 2, kind: NotFound, message: "No such file or directory" }', 'missing-file'],
  ["FileNotFoundError: [Errno 2] No such file or directory: '/etc/app.toml'", 'missing-file'],
  ["Error: ENOENT: no such file or directory, open '/data/config.json'", 'missing-file'],
  ['nginx: [emerg] open() "/etc/nginx/nginx.conf" failed (2: No such file or directory)', 'missing-file'],
  ['fopen: /usr/share/dict/demo.dat: No such file or directory', 'missing-file'],
  ['java.io.FileNotFoundException: app.properties (No such file or directory)', 'missing-file'],
  ['an unknown zone Europe/Berlin', 'no-time-zone'],
  ["zoneinfo._common.ZoneInfoNotFoundError: 'No time zone found with key Asia/Tokyo'", 'no-time-zone'],
  ['Bus error (core dumped)', 'damaged-program'],
  ['exec: "git": executable file not found in $PATH', 'command-not-found'],
];

describe('an error text alone', () => {
  it.each(TEXTS)('%s', async (errorText, first) => {
    const explanation = await explain({ errorText });
    expect(explanation.causes[0]?.cause).toBe(first);
    expect(explanation.certainty).toBe('possible');
  });

  it('offers the cause of a directory mode for an EACCES, after the mode of the file', async () => {
    const { causes } = await explain({ errorText: 'exec: "/hello": permission denied' });
    expect(causes.map(({ cause }) => cause)).toEqual([
      'not-executable',
      'directory-mode',
      'is-a-directory',
      'noexec-mount',
      'security-policy',
    ]);
  });

  it('takes names from the text into title and fixes', async () => {
    const { causes } = await explain({
      errorText:
        '/app: error while loading shared libraries: libpq.so.5: cannot open shared object file: No such file or directory',
    });
    expect(causes[0]?.title).toContain('libpq.so.5');
    expect(causes[0]?.check).toContain('/app');
  });

  it.each([
    ['an unknown zone Europe/Berlin', 'TZ=Europe/Berlin'],
    ['panic: unknown time zone America/New_York', '/usr/share/zoneinfo/America/New_York'],
    ['Error opening terminal: xterm-256color.', 'TERM=xterm-256color'],
    ["fatal: detected dubious ownership in repository at '/data'", 'safe.directory /data'],
    [
      'open templates/index.html: no such file or directory',
      '--add templates/index.html:/templates/index.html',
    ],
    ['open /etc/app/app.conf: no such file or directory', '/etc/app/app.conf'],
  ])('names in a fix what the text names: %s', async (errorText, words) => {
    const [cause] = (await explain({ errorText })).causes;
    expect(cause?.fixes.join('\n')).toContain(words);
    expect(cause?.fixes.join('\n')).not.toContain('Europe/Paris');
  });

  it.each([
    ['exec /app: permission denied', '/app has no execute permission'],
    ['exec ./app: permission denied', './app has no execute permission'],
    ['exec: "/opt/my app": permission denied', '/opt/my app has no execute permission'],
    ['exit code 126', 'the program has no execute permission'],
  ])('calls the program as the text does: %s', async (errorText, title) => {
    expect((await explain({ errorText })).causes[0]?.title).toBe(title);
  });

  it.each([
    ['./app: not found', './app'],
    ['../app: not found', ' ../app'],
    ['/app: not found', './app'],
    ['exec app: exec format error', './app'],
    ["./app: /lib/libc.so.6: version `GLIBC_2.38' not found (required by ./app)", 'morsel inspect ./app '],
    ["/x: /lib/libm.so.6: version `GLIBC_2.38' not found (required by /lib/libz.so.1)", './PROGRAM'],
    ['exec: "/my app": permission denied', "my app'"],
    ['exec: "/it\'s": permission denied', String.raw`it'\''s'`],
  ])('names a file that can be typed here: %s', async (errorText, file) => {
    const { causes } = await explain({ errorText });
    expect(causes.map(({ check }) => check).join('\n')).toContain(file);
    expect(causes.map(({ check }) => check).join('\n')).not.toContain('.../');
  });

  it('lets runc’s message decide inside an event of Kubernetes', async () => {
    const event =
      'Warning Failed CreateContainerError Error: failed to create containerd task: OCI runtime create failed: exec: "/bin/sh": stat /bin/sh: no such file or directory';
    expect((await explain({ errorText: event })).causes[0]?.cause).toBe('shell-form-without-shell');
  });

  it('says so when it does not know the text', async () => {
    expect(await explain({ errorText: 'the cat sat on the mat' })).toMatchObject({
      certainty: 'none',
      causes: [],
    });
    expect(await explain({})).toMatchObject({ certainty: 'none', causes: [] });
  });

  it('is recognised in a log as it is alone', async () => {
    const log = 'a line of a log, which says nothing\n'.repeat(40);
    for (const [errorText] of TEXTS) {
      const alone = await explain({ errorText });
      expect(await explain({ errorText: `${log}${errorText}\n` }), errorText).toEqual(alone);
    }
  });

  /** Each is what some pattern begins with, again and again, and never ends: V8 takes minutes or more for most. */
  it.each([
    'x',
    ' ',
    '\n',
    '/x',
    'x: ',
    '漢',
    "x: version `a' not found",
    '/tmp/',
    'bind ',
    'exec: "',
    'exec /x',
    'exit status ',
    'stat ',
    'error while loading shared libraries: ',
    "requested image's platform (",
    'image platform (',
    'Error relocating x: ',
    'lookup a on ',
    'pthread_create ',
    'The certificate of ',
    'chroot: failed to run command ',
    "version `x' not found (required by ",
  ])('of 10 MB is no more than one of a page: %j, repeated', async (part) => {
    const explanation = await explain({ errorText: part.repeat((10 * 1024 * 1024) / part.length) });
    for (const { title } of explanation.causes) expect(title.length).toBeLessThan(10_000);
  });

  it('of unlimited length gives names of limited length', async () => {
    const errorText = `Error loading shared library ${'x'.repeat(50_000)}: No such file or directory`;
    expect((await explain({ errorText })).causes[0]?.title.length).toBeLessThan(5000);
  });

  it('gives each cause a check and at least one fix', async () => {
    for (const [errorText] of TEXTS) {
      for (const cause of (await explain({ errorText })).causes) {
        expect(cause.check, cause.cause).not.toBe('');
        expect(cause.fixes.length, cause.cause).toBeGreaterThan(0);
      }
    }
  });
});
