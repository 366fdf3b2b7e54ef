import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { memoryByteSource, openByteSource } from '../../src/core/byte-source.ts';
import { type ElfFile, exportedSymbols, importedSymbols, linkageOf, openElf } from '../../src/elf/index.ts';
import { readVersionNeeds } from '../../src/elf/symbol-versions.ts';
import { hasPythonModule, hasTool } from '../reference-tools.ts';
import { MACHINES, tablesOf } from './elf-as-readelf.ts';
import { parseReadelf, type ReadelfTables, splitByFile } from './elf-readelf-output.ts';
import { sstrip } from './elf-fixtures.ts';
import { elfFiles, TEST_ALL } from './elf-sample.ts';

const QUICK_SAMPLE = 240;
const BATCH = 60;

/**
 * Where readelf 2.40 and morsel differ, on purpose:
 * - readelf prints what section headers say of versions; a file without them has them only in morsel's eyes;
 * - readelf decodes more GNU properties than the ISA level that is needed, on which alone morsel acts;
 * - readelf reads notes section by section, morsel segment by segment: the order differs;
 * - readelf names a DYN file a PIE or a shared object by DF_1_PIE; `link` says that in morsel, and is tested for itself;
 * - readelf decodes annobin's notes (owner GA…, names that hold NULs), which only debuggers read;
 * - readelf prints 64-bit numbers exactly; morsel's are doubles, which only kernel images exceed.
 */
describe.skipIf(!hasTool('readelf'))('every table equals what readelf -hldVnW prints', () => {
  const files = elfFiles(QUICK_SAMPLE);

  it('has a sample worth the name', () => {
    expect(files.length).toBeGreaterThanOrEqual(200);
  });

  it('reads all of what readelf prints', () => {
    const text = spawnSync('readelf', ['-hldVnW', '/bin/bash', '/dev/null'], { encoding: 'utf8' }).stdout;
    const tables = parseReadelf(splitByFile(text).get('/bin/bash') ?? '');
    expect(Object.keys(tables.header)).toHaveLength(19);
    expect(tables.programHeaders.length).toBe(Number(tables.header['Number of program headers']));
    expect(tables.interpreter).toMatch(/^\/lib/);
    expect(tables.dynamic?.length).toBeGreaterThan(20);
    expect(tables.symbolVersions?.length).toBeGreaterThan(2000);
    expect(tables.versionNeeds.length).toBeGreaterThan(10);
    expect(tables.notes.length).toBeGreaterThanOrEqual(3);
  });

  it(`of ${files.length} files of this machine`, { timeout: TEST_ALL ? 3_600_000 : 120_000 }, () => {
    const differences: string[] = [];
    for (let start = 0; start < files.length; start += BATCH) {
      differences.push(...compareBatch(files.slice(start, start + BATCH)));
    }
    expect(differences).toEqual([]);
  });
});

/** Programs of other classes and byte orders than this machine's. */
const FOREIGN_TARGETS = [
  's390x-linux-gnu',
  'aarch64_be-linux-gnu',
  'arm-linux-gnueabihf',
  'mips-linux-gnueabihf',
  'riscv64-linux-gnu',
] as const;

describe.skipIf(!hasTool('readelf') || !hasPythonModule('ziglang'))(
  'every table of a foreign program',
  () => {
    for (const target of FOREIGN_TARGETS) {
      it(`for ${target}`, { timeout: 600_000 }, () => {
        const folder = mkdtempSync(join(tmpdir(), 'elf-foreign-'));
        try {
          writeFileSync(
            join(folder, 'h.c'),
            'extern int puts(const char *);\nint main(void) { return puts("hi"); }\n',
          );
          const args = ['-m', 'ziglang', 'cc', '-target', target, '-O1', 'h.c', '-o', 'program'];
          execFileSync('python3', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
          expect(compareBatch([join(folder, 'program')])).toEqual([]);
          expect(readsTheSameSstripped(join(folder, 'program'))).toBe(true);
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      });
    }
  },
);

describe('without section headers', () => {
  const files = elfFiles(120);

  it('the same symbols, versions and linkage are read', { timeout: TEST_ALL ? 3_600_000 : 120_000 }, () => {
    const differences = files.filter((path) => !readsTheSameSstripped(path));
    expect(differences).toEqual([]);
  });
});

function readsTheSameSstripped(path: string): boolean {
  const bytes = readFileSync(path);
  const elf = openElf(memoryByteSource(bytes, path));
  // The test's own sstrip knows little-endian files only.
  if (elf.loads.length === 0 || !elf.header.littleEndian) return true;
  const all = (file: ElfFile): unknown => [
    { ...linkageOf(file), sizeBytes: 0 },
    importedSymbols(file),
    exportedSymbols(file),
    readVersionNeeds(file),
  ];
  return isDeepStrictEqual(all(openElf(memoryByteSource(sstrip(bytes), path))), all(elf));
}

function compareBatch(paths: readonly string[]): readonly string[] {
  const result = spawnSync('readelf', ['-hldVnW', ...paths, '/dev/null'], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    env: { ...process.env, LC_ALL: 'C' },
  });
  const outputs = splitByFile(result.stdout);
  return paths.flatMap((path) => compareFile(path, parseReadelf(outputs.get(path) ?? '')));
}

function compareFile(path: string, theirs: ReadelfTables): readonly string[] {
  const source = openByteSource(path);
  try {
    const ours = tablesOf(openElf(source));
    return [
      ...compareHeaders(ours.header, theirs.header),
      ...compareLists('program headers', ours.programHeaders, theirs.programHeaders),
      ...compareLists('interpreter', [ours.interpreter], [theirs.interpreter]),
      ...compareLists('dynamic', dynamicLines(ours), dynamicLines(theirs)),
      ...compareVersions(ours, theirs),
      ...compareLists('notes', sortedNotes(ours.notes), sortedNotes(theirs.notes)),
    ].map((difference) => `${path}: ${difference}`);
  } catch (error) {
    return [`${path}: ${String(error)}`];
  } finally {
    source.close();
  }
}

function compareHeaders(ours: ReadelfTables['header'], theirs: ReadelfTables['header']): readonly string[] {
  return Object.entries(ours).flatMap(([field, value]) => {
    const other = theirs[field] ?? '(nothing)';
    const equal =
      field === 'Machine'
        ? (MACHINES[other]?.test(value) ?? false)
        : field === 'Type'
          ? other.startsWith(value)
          : // `0 (34567)`: the real count behind a zero; `0x5000200, Version5 EABI`: decoded flags.
            other.replace(/,? \(\d+\)$|, .*$/, '') === value || other === value;
    return equal ? [] : [`${field} is ${value}, readelf says ${other}`];
  });
}

/** Bits that readelf names and morsel does not read. */
const DT_MIPS_FLAGS = 0x70000005;

function dynamicLines(tables: ReadelfTables): readonly string[] {
  return (tables.dynamic ?? [])
    .filter(({ tag }) => tag !== DT_MIPS_FLAGS)
    .map(({ tag, text }) => `0x${tag.toString(16)} ${isProcessorTag(tag) ? Number(text) : text}`);
}

/** DT_LOPROC to DT_HIPROC: readelf prints some of these in decimal, some in hexadecimal. */
function isProcessorTag(tag: number): boolean {
  return tag >= 0x70000000 && tag < 0x7ffffffd;
}

function compareVersions(ours: ReadelfTables, theirs: ReadelfTables): readonly string[] {
  if (ours.header['Number of section headers'] === '0') return [];
  return [
    ...compareLists('symbol versions', ours.symbolVersions ?? [], theirs.symbolVersions ?? []),
    ...compareLists('version definitions', ours.versionDefinitions, theirs.versionDefinitions),
    ...compareLists('version needs', ours.versionNeeds, theirs.versionNeeds),
  ];
}

function sortedNotes(notes: readonly string[]): readonly string[] {
  const comparable = notes.filter((note) => !note.startsWith('GA'));
  const withoutOtherProperties = comparable.map((note) => {
    if (!note.includes('NT_GNU_PROPERTY_TYPE_0')) return note;
    const level = /x86 ISA needed: (x86-64-\w+(?:, x86-64-\w+)*)/.exec(note)?.[1]?.split(', ').at(-1);
    return `${/^GNU \d+/.exec(note)?.[0]} property ${level ?? null}`;
  });
  return withoutOtherProperties.sort();
}

function compareLists(what: string, ours: readonly unknown[], theirs: readonly unknown[]): readonly string[] {
  if (ours.length === theirs.length && ours.every((value, index) => value === theirs[index])) return [];
  const at = Math.max(
    0,
    ours.findIndex((value, index) => value !== theirs[index]),
  );
  return [
    `${what}: ${ours.length} and readelf's ${theirs.length}; first difference at ${at}: ${String(ours[at])} / ${String(theirs[at])}`,
  ];
}
