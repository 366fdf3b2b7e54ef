import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { explain } from '../../src/explain/index.ts';
import type { ImageConfig } from '../../src/oci/config.ts';
import { directoryTree } from '../../src/rootfs/index.ts';
import { hasTool, requireInCi } from '../reference-tools.ts';
import {
  add,
  addText,
  compile,
  emptyRoot,
  type EmptyRoot,
  removeRoots,
  temporaryDirectory,
} from './needs-root.ts';

/**
 * Broken images made of real programs: each really fails to start, its text leads to the right cause together with the
 * image, and the image alone predicts it.
 */
const isRoot = requireInCi('root, for chroot', process.getuid?.() === 0);
const have = (...tools: readonly string[]): boolean => isRoot && tools.every((tool) => hasTool(tool));
afterAll(removeRoots);

const HELLO = '#include <stdio.h>\nint main(void){puts("hello");return 0;}\n';
const CPP = '#include <iostream>\nint main(){std::cout<<"hello\\n";}\n';

interface Broken {
  readonly directory: string;
  readonly entrypoint?: readonly string[];
  readonly user?: string;
}

function imageConfig({ entrypoint = ['/hello'], user }: Broken): ImageConfig {
  return {
    architecture: 'amd64',
    os: 'linux',
    config: { Entrypoint: entrypoint, ...(user === undefined ? {} : { User: user }) },
    rootfs: { type: 'layers', diff_ids: [] },
  };
}

/** The program alone, as COPY on scratch makes it. */
function alone(program: string, mode = 0o755): Broken {
  const directory = temporaryDirectory();
  copyFileSync(program, join(directory, 'hello'));
  chmodSync(join(directory, 'hello'), mode);
  return { directory };
}

function text(content: string): Broken {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'hello'), content);
  chmodSync(join(directory, 'hello'), 0o755);
  return { directory };
}

/** What chroot(1) and the loader really say; the words of docker are in the cases. */
function start({ directory, entrypoint = ['/hello'], user = '0:0' }: Broken): {
  readonly output: string;
  readonly exitCode: number | null;
} {
  const numeric = /^\d/.test(user) ? user : '0:0';
  const args = ['--net', '--mount', '/usr/sbin/chroot', `--userspec=${numeric}`, directory, ...entrypoint];
  const done = spawnSync('unshare', args, { env: {}, cwd: '/', encoding: 'utf8', timeout: 20_000 });
  return { output: done.stdout + done.stderr, exitCode: done.status };
}

interface Case {
  readonly name: string;
  readonly tools: readonly string[];
  readonly make: () => Broken;
  /** As docker, podman or the loader print it. */
  readonly said: string;
  readonly cause: string;
  readonly evidence: RegExp;
}

const ENOENT = 'exec /hello: no such file or directory';
const STAT =
  'docker: Error response from daemon: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/hello": stat /hello: no such file or directory: unknown.';
const LIBRARY =
  '/hello: error while loading shared libraries: libc.so.6: cannot open shared object file: No such file or directory';

const CASES: readonly Case[] = [
  {
    name: 'a glibc program alone',
    tools: ['gcc'],
    make: () => alone(compile('gcc', HELLO)),
    said: ENOENT,
    cause: 'missing-interpreter',
    evidence: /\/lib64\/ld-linux-x86-64\.so\.2/,
  },
  {
    name: 'a musl program alone',
    tools: ['musl-gcc'],
    make: () => alone(compile('gcc', HELLO, '-specs', '/usr/lib/x86_64-linux-musl/musl-gcc.specs')),
    said: 'exec container process (missing dynamic library?) `/hello`: No such file or directory',
    cause: 'missing-interpreter',
    evidence: /ld-musl-x86_64\.so\.1/,
  },
  {
    name: 'a Go program built as PIE',
    tools: ['go'],
    make: () => alone(compile('go', 'package main\nfunc main(){println("x")}', '-buildmode=pie')),
    said: ENOENT,
    cause: 'missing-interpreter',
    evidence: /buildmode=pie/,
  },
  {
    name: 'another architecture',
    tools: ['aarch64-linux-gnu-gcc'],
    make: () => alone(crossCompiled()),
    said: 'exec /hello: exec format error',
    cause: 'wrong-architecture',
    evidence: /for aarch64, and the image says that it is for amd64/,
  },
  {
    name: 'the loader without libc',
    tools: ['gcc'],
    make: () => withLoader(compile('gcc', HELLO)),
    said: LIBRARY,
    cause: 'missing-library',
    evidence: /libc\.so\.6 \(needed by \/hello\)/,
  },
  {
    name: 'no libstdc++',
    tools: ['g++'],
    make: () => withLibraries(compile('g++', CPP), /libstdc/),
    said: LIBRARY.replace('libc.so.6', 'libstdc++.so.6'),
    cause: 'missing-library',
    evidence: /libstdc\+\+\.so\.6/,
  },
  {
    name: 'a libc of another architecture',
    tools: ['gcc', 'aarch64-linux-gnu-gcc'],
    make: () => withForeignLibc(),
    said: LIBRARY,
    cause: 'missing-library',
    evidence: /libc\.so\.6 is there, for aarch64/,
  },
  {
    name: 'a library that is too old',
    tools: ['gcc'],
    make: () => withOldLibrary(),
    said: "/hello: /lib/x86_64-linux-gnu/libcount.so.1: version `COUNT_2' not found (required by /hello)",
    cause: 'version-too-old',
    evidence: /COUNT_2/,
  },
  {
    name: 'no execute permission',
    tools: ['gcc'],
    make: () => alone(compile('gcc -static', HELLO), 0o644),
    said: 'exec: "/hello": permission denied: unknown.',
    cause: 'not-executable',
    evidence: /mode is 0644/,
  },
  {
    name: 'a closed directory',
    tools: ['gcc'],
    make: () => inClosedDirectory(),
    said: 'exec: "/opt/hello": permission denied: unknown.',
    cause: 'directory-mode',
    evidence: /\/opt has mode 0700/,
  },
  {
    name: 'a script without its shell',
    tools: [],
    make: () => text('#!/bin/sh\necho hello\n'),
    said: ENOENT,
    cause: 'missing-script-interpreter',
    evidence: /#!\/bin\/sh/,
  },
  {
    name: 'a script with Windows line ends',
    tools: [],
    make: () => text('#!/bin/sh\r\necho hello\r\n'),
    said: ENOENT,
    cause: 'crlf-shebang',
    evidence: /\\r/,
  },
  {
    name: 'a text without #!',
    tools: [],
    make: () => text('echo hello\n'),
    said: 'exec /hello: exec format error',
    cause: 'no-shebang',
    evidence: /neither/,
  },
  {
    name: 'an empty file',
    tools: [],
    make: () => text(''),
    said: 'exec /hello: exec format error',
    cause: 'empty-file',
    evidence: /0 bytes/,
  },
  {
    name: 'a program cut short',
    tools: ['gcc'],
    make: () => cutShort(),
    said: 'exited with code 139',
    cause: 'damaged-program',
    evidence: /missing at its end/,
  },
  {
    name: 'no such file',
    tools: [],
    make: () => ({ directory: temporaryDirectory() }),
    said: STAT,
    cause: 'command-not-found',
    evidence: /no file \/hello/,
  },
  {
    name: 'a name that is not in PATH',
    tools: ['gcc'],
    make: () => ({ ...alone(compile('gcc -static', HELLO)), entrypoint: ['hello'] }),
    said: 'exec: "hello": executable file not found in $PATH: unknown.',
    cause: 'command-not-found',
    evidence: /no hello in PATH/,
  },
  {
    name: 'a command in shell form',
    tools: ['gcc'],
    make: () => ({ ...alone(compile('gcc -static', HELLO)), entrypoint: ['/bin/sh', '-c', '/hello'] }),
    said: STAT.replaceAll('/hello', '/bin/sh'),
    cause: 'shell-form-without-shell',
    evidence: /\/bin\/sh is not in the image/,
  },
  {
    name: 'a directory',
    tools: [],
    make: () => ({ directory: withDirectory(), entrypoint: ['/hello'] }),
    said: 'exec: "/hello": permission denied: unknown.',
    cause: 'is-a-directory',
    evidence: /is a directory/,
  },
];

function crossCompiled(): string {
  const output = join(temporaryDirectory(), 'hello');
  const done = spawnSync('aarch64-linux-gnu-gcc', ['-static', '-x', 'c', '-', '-o', output], {
    input: HELLO,
    encoding: 'utf8',
  });
  if (done.status !== 0) throw new Error(done.stderr);
  return output;
}

function asHello(root: EmptyRoot): Broken {
  copyFileSync(root.closure.path, join(root.directory, 'hello'));
  chmodSync(join(root.directory, 'hello'), 0o755);
  return { directory: root.directory };
}

function withLoader(program: string): Broken {
  return withLibraries(program, /./);
}

/** The closure without the libraries whose name matches. */
function withLibraries(program: string, without: RegExp): Broken {
  const root = emptyRoot(program, {}, without);
  return asHello(root);
}

function withForeignLibc(): Broken {
  const broken = withLoader(compile('gcc', HELLO));
  const foreign = '/usr/aarch64-linux-gnu/lib/libc.so.6';
  const target = join(broken.directory, 'lib/x86_64-linux-gnu/libc.so.6');
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(foreign, target);
  return broken;
}

/** A program linked with libcount 2, in a root that has libcount 1: the loader refuses as it does for glibc. */
function withOldLibrary(): Broken {
  const directory = temporaryDirectory();
  const build = (version: number): string => {
    const script = join(directory, `count${version}.map`);
    const older =
      version === 2
        ? 'COUNT_1 { global: one; local: *; };\nCOUNT_2 { global: count; } COUNT_1;\n'
        : 'COUNT_1 { global: one; count; local: *; };\n';
    writeFileSync(script, older);
    const output = join(directory, `libcount${version}.so`);
    const args = [
      '-shared',
      '-fPIC',
      '-Wl,-soname,libcount.so.1',
      `-Wl,--version-script=${script}`,
      '-x',
      'c',
      '-',
      '-o',
      output,
    ];
    const done = spawnSync('gcc', args, {
      input: 'int one(void){return 1;}\nint count(void){return 2;}\n',
      encoding: 'utf8',
    });
    if (done.status !== 0) throw new Error(done.stderr);
    return output;
  };
  const [old, present] = [build(1), build(2)];
  const program = compile('gcc', 'int count(void);\nint main(void){return count();}\n', present);
  const broken = withLibraries(program, /count/);
  const target = join(broken.directory, 'lib/x86_64-linux-gnu/libcount.so.1');
  copyFileSync(old, target);
  return broken;
}

function inClosedDirectory(): Broken {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'opt'), { mode: 0o700 });
  copyFileSync(compile('gcc -static', HELLO), join(directory, 'opt/hello'));
  chmodSync(join(directory, 'opt/hello'), 0o755);
  chmodSync(directory, 0o755);
  return { directory, entrypoint: ['/opt/hello'], user: '65532:65532' };
}

function cutShort(): Broken {
  const broken = alone(compile('gcc -static', HELLO));
  truncateSync(join(broken.directory, 'hello'), 20_000);
  return broken;
}

function withDirectory(): string {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'hello'));
  return directory;
}

describe.each(CASES)('$name', ({ tools, make, said, cause, evidence }) => {
  const runIf = it.skipIf(!have(...tools));

  runIf('really does not start, and text and image together decide', () => {
    const broken = make();
    const { output, exitCode } = start(broken);
    expect(exitCode).not.toBe(0);
    const target = { tree: directoryTree(broken.directory), config: imageConfig(broken) };
    for (const errorText of [said, ...(output.trim() === '' ? [] : [output])]) {
      const explanation = explain({ errorText, target });
      expect(explanation, errorText).toMatchObject({ certainty: 'decided' });
      expect(explanation.causes[0]?.cause, errorText).toBe(cause);
      expect(explanation.causes[0]?.evidence, errorText).toMatch(evidence);
      expect(explanation.causes[0]?.fixes.length).toBeGreaterThan(0);
    }
  });

  runIf('the image alone predicts it', () => {
    const broken = make();
    const explanation = explain({
      target: { tree: directoryTree(broken.directory), config: imageConfig(broken) },
    });
    expect(explanation.certainty).toBe('decided');
    expect(explanation.causes.map((one) => one.cause)).toContain(cause);
    expect(explanation.causes[0]?.cause).toBe(cause);
  });
});

describe('identities', () => {
  it('a user by name without /etc/passwd', () => {
    const tree = directoryTree(temporaryDirectory());
    const config = imageConfig({ directory: '', user: 'app' });
    const explanation = explain({
      errorText: 'Error: unable to find user app: no matching entries in passwd file',
      target: { tree, config },
    });
    expect(explanation).toMatchObject({
      certainty: 'decided',
      causes: [{ cause: 'user-not-in-passwd', status: 'confirmed' }],
    });
  });

  it('runAsNonRoot', () => {
    const tree = directoryTree(temporaryDirectory());
    const errorText =
      'container has runAsNonRoot and image has non-numeric user (app), cannot verify user is non-root';
    expect(
      explain({ errorText, target: { tree, config: imageConfig({ directory: '', user: 'app' }) } }).certainty,
    ).toBe('decided');
  });
});

describe.skipIf(!have('gcc'))('an image that starts', () => {
  it('has nothing to explain, and rules out what a text usually means', () => {
    const broken = alone(compile('gcc -static', HELLO));
    expect(start(broken)).toMatchObject({ exitCode: 0, output: 'hello\n' });
    const target = { tree: directoryTree(broken.directory), config: imageConfig(broken) };
    expect(explain({ target })).toMatchObject({ certainty: 'none', causes: [] });
    const wrongImage = explain({ errorText: ENOENT, target });
    expect(wrongImage.certainty).toBe('none');
    expect(wrongImage.ruledOut.map(({ cause }) => cause)).toContain('missing-interpreter');
  });

  it('without libgcc_s, the text of pthread_exit is decided by the files', () => {
    const source =
      '#include <pthread.h>\nstatic void*f(void*a){(void)a;pthread_exit(0);}\nint main(void){pthread_t t;pthread_create(&t,0,f,0);pthread_join(t,0);return 0;}';
    const root = emptyRoot(compile('gcc', source));
    const broken = asHello(root);
    const { output } = start(broken);
    const explanation = explain({
      errorText: output,
      target: { tree: directoryTree(root.directory), config: imageConfig(broken) },
    });
    expect(explanation).toMatchObject({ certainty: 'decided', causes: [{ cause: 'libgcc-missing' }] });
  });

  it('takes a vague text, and says what the files show', () => {
    const broken = alone(compile('gcc', HELLO));
    const target = { tree: directoryTree(broken.directory), config: imageConfig(broken) };
    expect(explain({ errorText: 'CrashLoopBackOff', target }).causes[0]?.cause).toBe('missing-interpreter');
    expect(explain({ errorText: 'it does not work', target }).causes[0]?.cause).toBe('missing-interpreter');
  });

  it('reads a command that is given instead of the image’s', () => {
    const root = emptyRoot(compile('gcc -static', HELLO));
    addText(root, '/etc/hostname', 'x');
    add(root, root.closure.path, '/bin/tool');
    const target = { tree: directoryTree(root.directory), config: null, command: ['tool'] };
    expect(explain({ target }).certainty).toBe('none');
    expect(explain({ target: { ...target, command: ['other'] } }).causes[0]?.cause).toBe('command-not-found');
  });
});
