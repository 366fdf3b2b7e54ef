import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explain } from '../../src/explain/index.ts';
import { directoryTree } from '../../src/rootfs/index.ts';
import { describeBroken, ENOENT, have } from './broken-cases.ts';
import {
  HELLO,
  CPP,
  imageConfig,
  alone,
  crossCompiled,
  withLoader,
  withLibraries,
  withForeignLibc,
  withRelr,
  withOldLibrary,
} from './broken-images.ts';
import { compile } from './needs-root.ts';

const LIBRARY =
  '/hello: error while loading shared libraries: libc.so.6: cannot open shared object file: No such file or directory';

/** What the kernel and the loader look for, and do not find or cannot use. */
describeBroken([
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
]);

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
