import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { explain } from '../../src/explain/index.ts';
import { directoryTree } from '../../src/rootfs/index.ts';
import { hasTool, requireInCi } from '../reference-tools.ts';
import { compile, removeRoots, temporaryDirectory } from './needs-root.ts';
import {
  type Broken,
  HELLO,
  CPP,
  imageConfig,
  alone,
  text,
  start,
  crossCompiled,
  crossGo,
  splitOff,
  withLoader,
  withLibraries,
  withForeignLibc,
  withRelr,
  withOldLibrary,
  inClosedDirectory,
  cutShort,
  withDirectory,
} from './broken-images.ts';

/**
 * Broken images made of real programs: each really fails to start, its text leads to the right cause together with the
 * image, and the image alone predicts it.
 */
const isRoot = requireInCi('root, for chroot', process.getuid?.() === 0);
const have = (...tools: readonly string[]): boolean => isRoot && tools.every((tool) => hasTool(tool));
afterAll(removeRoots);

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
    name: 'DT_RELR on musl 1.2.3',
    tools: ['musl-gcc'],
    make: () => withLoader(withRelr()),
    said: 'exit code 139',
    cause: 'relr-on-old-musl',
    evidence: /\/lib\/ld-musl-x86_64\.so\.1 is musl 1\.2\.3: it needs musl 1\.2\.4/,
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
    name: 'a byte order mark before #!',
    tools: [],
    make: () => text('\uFEFF#!/bin/sh\necho hello\n'),
    said: 'exec /hello: exec format error',
    cause: 'byte-order-mark',
    evidence: /EF BB BF/,
  },
  {
    name: 'a #! line longer than the kernel reads',
    tools: [],
    make: () => text(`#!/opt/${'d'.repeat(260)}/sh\necho hello\n`),
    said: 'exec /hello: exec format error',
    cause: 'long-shebang',
    evidence: /255 bytes/,
  },
  {
    name: 'a web page in place of the program',
    tools: [],
    make: () => text('<!DOCTYPE html>\n<title>404</title>\n'),
    said: 'exec /hello: exec format error',
    cause: 'foreign-format',
    evidence: /web page/,
  },
  {
    name: 'an Actually Portable Executable',
    tools: [],
    make: () => text(`MZqFpD='\n\n${'\0'.repeat(40)}'\n#'"\nexit\n`),
    said: 'exec /hello: exec format error',
    cause: 'foreign-format',
    evidence: /Actually Portable Executable/,
  },
  {
    name: 'a program for FreeBSD',
    tools: ['go'],
    make: () => alone(crossGo('freebsd')),
    said: 'exited with code 139',
    cause: 'foreign-format',
    evidence: /GOOS=freebsd/,
  },
  {
    name: 'an object file',
    tools: ['gcc'],
    make: () => alone(compile('gcc', HELLO, '-c')),
    said: 'exec /hello: exec format error',
    cause: 'not-a-program',
    evidence: /type REL/,
  },
  {
    name: 'a debug file',
    tools: ['gcc', 'objcopy'],
    make: () => alone(splitOff(compile('gcc', HELLO, '-g'))),
    said: 'exec /hello: exec format error',
    cause: 'not-a-program',
    evidence: /debugging information/,
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

describe.each(CASES)('$name', ({ tools, make, said, cause, evidence }) => {
  const runIf = it.skipIf(!have(...tools));

  runIf('really does not start, and text and image together decide', async () => {
    const broken = make();
    const { output, exitCode } = start(broken);
    expect(exitCode).not.toBe(0);
    const target = { tree: directoryTree(broken.directory), config: imageConfig(broken) };
    for (const errorText of [said, ...(output.trim() === '' ? [] : [output])]) {
      const explanation = await explain({ errorText, target });
      expect(explanation, errorText).toMatchObject({ certainty: 'decided' });
      expect(explanation.causes[0]?.cause, errorText).toBe(cause);
      expect(explanation.causes[0]?.evidence, errorText).toMatch(evidence);
      expect(explanation.causes[0]?.fixes.length).toBeGreaterThan(0);
    }
  });

  runIf('the image alone predicts it', async () => {
    const broken = make();
    const explanation = await explain({
      target: { tree: directoryTree(broken.directory), config: imageConfig(broken) },
    });
    expect(explanation.certainty).toBe('decided');
    expect(explanation.causes.map((one) => one.cause)).toContain(cause);
    expect(explanation.causes[0]?.cause).toBe(cause);
  });
});

describe.skipIf(!have('musl-gcc'))('DT_RELR on another musl', () => {
  it.each([
    ['1.2.5', 'ruled-out'],
    ['9.9-x', 'possible'],
  ])('%s: %s', async (version, status) => {
    const broken = withLoader(withRelr());
    const loader = join(broken.directory, 'lib/ld-musl-x86_64.so.1');
    const bytes = readFileSync(loader);
    bytes.write(version, bytes.indexOf('\x001.2.3\0') + 1);
    writeFileSync(loader, bytes);
    const target = { tree: directoryTree(broken.directory), config: imageConfig(broken) };
    const { causes, ruledOut } = await explain({ errorText: 'exit code 139', target });
    const found = causes.find(({ cause }) => cause === 'relr-on-old-musl')?.status;
    const isRuledOut = ruledOut.some(({ cause }) => cause === 'relr-on-old-musl');
    expect(found ?? (isRuledOut ? 'ruled-out' : 'none')).toBe(status);
    expect((await explain({ target })).certainty).toBe('none');
  });
});

describe('identities', () => {
  it('a user by name without /etc/passwd', async () => {
    const tree = directoryTree(temporaryDirectory());
    const config = imageConfig({ directory: '', user: 'app' });
    const explanation = await explain({
      errorText: 'Error: unable to find user app: no matching entries in passwd file',
      target: { tree, config },
    });
    expect(explanation).toMatchObject({
      certainty: 'decided',
      causes: [{ cause: 'user-not-in-passwd', status: 'confirmed' }],
    });
  });

  it('runAsNonRoot', async () => {
    const tree = directoryTree(temporaryDirectory());
    const errorText =
      'container has runAsNonRoot and image has non-numeric user (app), cannot verify user is non-root';
    const target = { tree, config: imageConfig({ directory: '', user: 'app' }) };
    expect((await explain({ errorText, target })).certainty).toBe('decided');
  });
});
