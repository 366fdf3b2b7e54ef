import { mkdirSync, copyFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openByteSource } from '../../src/core/byte-source.ts';
import { factsOf, openElf } from '../../src/elf/index.ts';
import { describeBase, judgeTree } from '../../src/base/index.ts';
import { findNeeds } from '../../src/needs/index.ts';
import { directoryTree } from '../../src/rootfs/index.ts';
import { hasTool, requireInCi } from '../reference-tools.ts';
import { start, withRelr } from './broken-images.ts';
import { compile, emptyRoot, removeRoots, temporaryDirectory } from './needs-root.ts';

/** A verdict on a root, beside what happens there. The large form of this is bench/matrix. */
const isRoot = requireInCi('root, for chroot', process.getuid?.() === 0);
const have = (...tools: readonly string[]): boolean => isRoot && tools.every((tool) => hasTool(tool));
afterAll(removeRoots);

const C = '#include <stdio.h>\nint main(void){puts("hello");return 0;}\n';
const MATH =
  '#include <math.h>\n#include <stdio.h>\nint main(int c,char**v){(void)v;printf("%f\\n",cos(c));return 0;}\n';
const MUSL_SPECS = ['-specs', '/usr/lib/x86_64-linux-musl/musl-gcc.specs'];

const PROGRAMS: Readonly<Record<string, () => string>> = {
  'glibc dynamic': () => compile('gcc', C),
  'glibc dynamic with libm': () => compile('gcc', MATH, '-fno-builtin', '-lm'),
  'glibc static': () => compile('gcc -static', C),
  'musl dynamic': () => compile('gcc', C, ...MUSL_SPECS),
  'musl dynamic with DT_RELR': withRelr,
  'musl static': () => compile('musl-gcc', C),
  'C++ dynamic': () => compile('g++', '#include <iostream>\nint main(){std::cout<<"hello\\n";}'),
};

function roots(): Readonly<Record<string, string>> {
  const musl = temporaryDirectory();
  const loader = join(musl, 'lib/ld-musl-x86_64.so.1');
  mkdirSync(dirname(loader), { recursive: true });
  copyFileSync('/usr/lib/x86_64-linux-musl/libc.so', loader);
  return { empty: temporaryDirectory(), 'glibc alone': emptyRoot(compile('gcc', C)).directory, musl };
}

describe.skipIf(!have('gcc', 'g++', 'musl-gcc'))('verdicts and what happens', () => {
  it.each(Object.entries(PROGRAMS))('%s', (_name, make) => {
    const program = make();
    const source = openByteSource(program);
    const elf = openElf(source);
    const facts = factsOf(elf);
    const needs = findNeeds({ facts, source, elf });
    const outcomes = Object.entries(roots()).map(([root, directory]) => {
      const judged = judgeTree({ facts, needs, elf, tree: directoryTree(directory), path: '/judged' });
      copyFileSync(program, join(directory, 'judged'));
      const started = start({ directory, entrypoint: ['/judged'] }).exitCode === 0;
      return { root, judged: judged.runs, happened: started ? 'yes' : 'no', reason: judged.reason };
    });
    source.close();
    for (const { root, judged, happened, reason } of outcomes)
      expect(judged, `${root}: ${reason}`).toBe(happened);
  });

  it('reads a root as a base', () => {
    const root = emptyRoot(compile('gcc', C));
    const base = describeBase('mine', directoryTree(root.directory), 'a test');
    expect(base.libc?.name).toBe('glibc');
    expect([...base.libraries.keys()]).toEqual(['ld-linux-x86-64.so.2', 'libc.so.6']);
    expect(base.fulfils).toEqual([]);
  });
});
