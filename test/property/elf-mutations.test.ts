import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type ByteSource, memoryByteSource } from '../../src/core/byte-source.ts';
import { MorselError } from '../../src/core/errors.ts';
import {
  exportedSymbols,
  factsOf,
  glibcNeeds,
  goFunctionNames,
  importedSymbols,
  openElf,
  planSectionDrop,
  readElfLinkage,
  symbolTableFunctions,
} from '../../src/elf/index.ts';
import { buildElf } from './elf-builder.ts';
import { goBuildInfo, goFunctionTable } from './elf-go-tables.ts';
import { mutate, randomNumbers, type Target } from './elf-mutations.ts';

/** `MORSEL_FUZZ_COUNT=200000` for the long run; `MORSEL_FUZZ_SEED` for other ones. */
const COUNT = Number(process.env['MORSEL_FUZZ_COUNT'] ?? 4000);
const SEED = Number(process.env['MORSEL_FUZZ_SEED'] ?? 20261121);

/** Work is bounded by what may be read: every table at most some times over. */
const READ_FACTOR = 64;
const READ_ALLOWANCE_BYTES = 8 * 1024 * 1024;
const CPU_LIMIT_MS = 2000;
const MEMORY_LIMIT_BYTES = 150 * 1024 * 1024;

const work = mkdtempSync(join(tmpdir(), 'elf-mutations-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

describe('a mutated ELF file gives facts or a MorselError', () => {
  it(`${COUNT} times from seed ${SEED}`, { timeout: 60_000 + COUNT * 50 }, () => {
    const targets = [...builtTargets(), goTarget(), ...compiledTargets()];
    const outcome = { facts: 0, errors: 0 };
    const before = process.memoryUsage().rss;
    let highest = before;
    for (let number = 0; number < COUNT; number++) {
      const target = targets[number % targets.length]!;
      const bytes = mutate(target, randomNumbers(SEED + number));
      const error = readEverything(bytes, `${target.name}, case ${number}`);
      if (error === null) outcome.facts++;
      else outcome.errors++;
      if (number % 64 === 0) highest = Math.max(highest, process.memoryUsage().rss);
    }
    // Both happen, or the mutations are too tame or too wild to show anything.
    expect(outcome.facts).toBeGreaterThan(COUNT / 20);
    expect(outcome.errors).toBeGreaterThan(COUNT / 20);
    expect(highest - before).toBeLessThan(MEMORY_LIMIT_BYTES);
  });
});

/** Calls all readers; anything thrown but a MorselError, too many bytes read or too much time fails the test. */
function readEverything(bytes: Buffer, what: string): MorselError | null {
  const counting = countingSource(memoryByteSource(bytes, 'mutant'));
  const start = process.cpuUsage();
  let failure: MorselError | null = null;
  for (const read of READERS) {
    try {
      read(counting.source);
    } catch (error) {
      if (!(error instanceof MorselError)) throw new Error(`${what}: ${String(error)}`, { cause: error });
      failure ??= error;
    }
  }
  const cpu = process.cpuUsage(start);
  expect((cpu.user + cpu.system) / 1000, `${what}: CPU milliseconds`).toBeLessThan(CPU_LIMIT_MS);
  expect(counting.bytesRead(), `${what}: bytes read`).toBeLessThan(
    READ_ALLOWANCE_BYTES + READ_FACTOR * bytes.length,
  );
  return failure;
}

const READERS: readonly ((source: ByteSource) => unknown)[] = [
  (source) => JSON.stringify(factsOf(openElf(source))),
  (source) => readElfLinkage(source),
  (source) => importedSymbols(openElf(source)),
  (source) => exportedSymbols(openElf(source)),
  (source) => glibcNeeds(openElf(source)),
  (source) => symbolTableFunctions(openElf(source)),
  (source) => goFunctionNames(openElf(source), ['main.main', 'net.(*Resolver).lookupHost']),
  (source) => planSectionDrop(source),
];

function countingSource(source: ByteSource): { readonly source: ByteSource; bytesRead(): number } {
  let count = 0;
  const read = (offset: number, length: number): Buffer => {
    const bytes = source.read(offset, length);
    count += bytes.length;
    return bytes;
  };
  return {
    source: { name: source.name, sizeBytes: source.sizeBytes, read, close: source.close },
    bytesRead: () => count,
  };
}

function builtTargets(): readonly Target[] {
  return ([32, 64] as const).flatMap((elfClass) =>
    [true, false].flatMap((littleEndian) =>
      (['gnu', 'both'] as const).map((hash) => {
        const bytes = buildElf({
          class: elfClass,
          littleEndian,
          hash,
          sections: true,
          interpreter: '/lib64/ld-linux-x86-64.so.2',
          needed: ['libc.so.6', 'libm.so.6'],
          soname: 'libx.so.1',
          runpath: '$ORIGIN/lib',
          imports: [
            { name: 'printf', library: 'libc.so.6', version: 'GLIBC_2.2.5' },
            { name: 'sin', library: 'libm.so.6', version: 'GLIBC_2.29' },
          ],
          exports: [
            { name: 'x', version: 'X_1' },
            { name: 'y', version: 'X_2', hidden: true },
            { name: 'z' },
          ],
          notes: [{ owner: 'GNU', type: 3, description: Buffer.alloc(20, 7) }],
          relocations: [8, 37, 37],
        });
        return {
          name: `built ${elfClass} ${littleEndian ? 'LE' : 'BE'} ${hash}`,
          bytes,
          tables: [{ offset: 0, sizeBytes: bytes.length }],
        };
      }),
    ),
  );
}

function goTarget(): Target {
  const constants = Buffer.concat([
    goBuildInfo('go1.26.8', [
      'path\texample.com/x',
      'mod\texample.com/x\t(devel)\t',
      'dep\ta\tv1\th1:',
      'build\tCGO_ENABLED=0',
    ]),
    goFunctionTable(['go:buildid', 'main.main', 'net.(*Resolver).lookupHost']),
  ]);
  const bytes = buildElf({
    type: 2,
    constants,
    notes: [{ owner: 'Go', type: 4, description: Buffer.from('id') }],
  });
  return { name: 'built Go', bytes, tables: [{ offset: 0, sizeBytes: bytes.length }] };
}

/** Real files, where gcc is; the larger ones are hit in their tables, which readelf finds. */
function compiledTargets(): readonly Target[] {
  const source = join(work, 'hello.c');
  writeFileSync(source, '#include <stdio.h>\nint main(void) { return printf("hello\\n") < 0; }\n');
  const variants: readonly (readonly string[])[] = [
    ['gcc', '-O1'],
    ['gcc', '-shared', '-fPIC', '-Wl,--hash-style=both'],
    ['musl-gcc', '-static'],
  ];
  return variants.flatMap(([compiler = 'gcc', ...flags], index) => {
    const output = join(work, `target${index}`);
    const built = spawnSync(compiler, [...flags, source, '-o', output], { stdio: 'ignore' });
    if (built.status !== 0) return [];
    const bytes = readFileSync(output);
    return [{ name: `${compiler} ${flags.join(' ')}`, bytes, tables: tablesByReadelf(output, bytes) }];
  });
}

function tablesByReadelf(path: string, bytes: Buffer): Target['tables'] {
  const sections = spawnSync('readelf', ['-SW', path], { encoding: 'utf8' }).stdout ?? '';
  const rows = [
    ...sections.matchAll(
      /^ {2}\[ *\d+\] (\.(?:dyn|gnu|note|rela|comment|hash|strtab|symtab)\S*) +\S+ +\S+ (\S+) (\S+)/gm,
    ),
  ];
  const tables = rows.map(([, , offset = '0', size = '0']) => ({
    offset: Number.parseInt(offset, 16),
    sizeBytes: Number.parseInt(size, 16),
  }));
  const sectionHeaders = Number(bytes.readBigUInt64LE(40));
  return [
    { offset: 0, sizeBytes: 64 + 13 * 56 },
    { offset: 64, sizeBytes: 13 * 56 },
    { offset: sectionHeaders, sizeBytes: bytes.length - sectionHeaders },
    ...tables,
  ];
}
