import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryByteSource } from '../../src/core/byte-source.ts';
import { MorselError } from '../../src/core/errors.ts';
import { closureEntries, findClosure, formatLdd, lddReport, neededTree } from '../../src/loader/index.ts';
import type { FileTree, FileTreeEntry } from '../../src/rootfs/file-tree.ts';
import { resolvePath } from '../../src/rootfs/resolve-path.ts';
import { hasTool } from '../reference-tools.ts';
import { LoaderLab } from '../differential/loader-lab.ts';

/** `MORSEL_FUZZ_COUNT=200000` for the long run, `MORSEL_FUZZ_SEED` for other ones: as in elf-mutations.test.ts. */
const RUNS = Number(
  process.env['MORSEL_FUZZ_COUNT'] ?? (process.env['MORSEL_TEST_ALL'] === '1' ? 100_000 : 1_000),
);
const SEED = Number(process.env['MORSEL_FUZZ_SEED'] ?? 20_261_121);
const CPU_LIMIT_MS = 2000;
const MEMORY_LIMIT_BYTES = 150 * 1024 * 1024;
/** What `ldconfig -c` writes: the format since glibc 2.33, both in one file, and that of before 2.2. */
const CACHE_FORMATS = ['new', 'compat', 'old'] as const;
type CacheFormat = (typeof CACHE_FORMATS)[number];

/** A tree in memory; whatever is asked of it besides these files is not there. */
function treeOf(files: Readonly<Record<string, Buffer>>): FileTree {
  const entries = new Map<string, FileTreeEntry>();
  const entry = (kind: FileTreeEntry['kind'], path: string, sizeBytes: number): void =>
    void entries.set(path, { kind, mode: 0o755, uid: 0, gid: 0, sizeBytes, target: '', identity: path });
  for (const [path, bytes] of Object.entries(files)) {
    for (let end = 0; end !== -1; end = path.indexOf('/', end + 1))
      entry('directory', path.slice(0, end) || '/', 0);
    entry('file', path, bytes.length);
  }
  const lstat = (path: string): FileTreeEntry | null => entries.get(path) ?? null;
  return {
    name: 'memory',
    lstat: (path) => resolvePath(path, lstat, { followLast: false })?.entry ?? null,
    resolve: (path) => resolvePath(path, lstat),
    list: () => [],
    open: (path) => {
      const found = resolvePath(path, lstat);
      return found?.entry.kind === 'file'
        ? memoryByteSource(files[found.path] ?? Buffer.alloc(0), path)
        : null;
    },
  };
}

interface Mutation {
  readonly at: number;
  readonly value: number;
  readonly width: 1 | 4;
}

/** A value that parsers trip over. */
const values = fc.oneof(
  fc.nat(0xff),
  fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0xeaa42174),
  fc.nat(),
);

/** Any byte or word set to such a value; `at` is taken modulo the length. */
const mutations = fc.array(
  fc.record<Mutation>({
    at: fc.oneof(fc.nat(), fc.nat(200)),
    value: values,
    width: fc.constantFrom(1, 4),
  }),
  { minLength: 1, maxLength: 8 },
);

/** Words only, where the caches have their counts, sizes, offsets and flags: all are at multiples of four. */
const cacheMutations = fc.array(
  fc.record<Mutation>({
    at: fc.nat(120).map((word) => word * 4),
    value: values,
    width: fc.constant(4 as const),
  }),
  { minLength: 1, maxLength: 4 },
);

function mutated(bytes: Buffer, changes: readonly Mutation[], cut: number | null): Buffer {
  const copy = Buffer.from(cut === null ? bytes : bytes.subarray(0, cut % (bytes.length + 1)));
  for (const { at, value, width } of changes) {
    if (copy.length < width) break;
    const offset = at % (copy.length - width + 1);
    if (width === 1) copy[offset] = value & 0xff;
    else copy.writeUInt32LE(value >>> 0, offset);
  }
  return copy;
}

/** Runs a property, and bounds the time of each case and the memory of all. */
function assertBounded<T>(cases: fc.Arbitrary<T>, check: (value: T) => void): void {
  const before = process.memoryUsage().rss;
  let highest = before;
  let count = 0;
  const property = fc.property(cases, (value) => {
    const start = process.cpuUsage();
    check(value);
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1000, 'CPU milliseconds').toBeLessThan(CPU_LIMIT_MS);
    count += 1;
    if (count % 64 === 0) highest = Math.max(highest, process.memoryUsage().rss);
  });
  fc.assert(property, { seed: SEED, numRuns: RUNS });
  expect(highest - before).toBeLessThan(MEMORY_LIMIT_BYTES);
}

/** An answer or a MorselError, never anything else. */
function survives(tree: FileTree, path: string): void {
  try {
    const closure = findClosure({ tree, path });
    formatLdd(closure);
    neededTree(closure);
    lddReport(closure);
    closureEntries(closure);
  } catch (error) {
    if (!(error instanceof MorselError)) throw error;
    expect(error.message).not.toBe('');
  }
}

/** A small file in its place: its directories are then the usual ones, and each run is short. */
const LOADER = '/lib64/ld-linux-x86-64.so.2';

describe.skipIf(!hasTool('gcc') || !hasTool('ldconfig') || process.arch !== 'x64')(
  'damaged bytes before the loader',
  () => {
    const lab = new LoaderLab();
    lab.library('root/opt/far/libb.so');
    lab.library('root/opt/far/liba.so', { needs: [lab.path('root/opt/far/libb.so')] });
    lab.program('root/program', {
      needs: [lab.path('root/opt/far/liba.so')],
      runpath: '$ORIGIN/lib:${ORIGIN}/../x',
    });
    lab.library(`root${LOADER}`);
    lab.file('root/etc/ld.so.conf', '/opt/far\n');
    const read = (path: string): Buffer => readFileSync(join(lab.dir, 'root', path));
    const cacheOf = (format: string): Buffer => {
      execFileSync('/sbin/ldconfig', ['-c', format, '-r', join(lab.dir, 'root')], { stdio: 'ignore' });
      return read('etc/ld.so.cache');
    };
    // The old format cannot say what a file in glibc-hwcaps is for: it is made before there is one.
    const old = cacheOf('old');
    lab.library('root/opt/far/glibc-hwcaps/x86-64-v3/liba.so', { soname: 'liba.so' });
    const caches: Readonly<Record<CacheFormat, Buffer>> = {
      new: cacheOf('new'),
      compat: cacheOf('compat'),
      old,
    };
    const files = {
      '/program': read('program'),
      '/etc/ld.so.cache': caches.new,
      '/opt/far/liba.so': read('opt/far/liba.so'),
      '/opt/far/libb.so': read('opt/far/libb.so'),
      [LOADER]: read(LOADER),
    };
    lab.remove();

    it.each(CACHE_FORMATS)(
      'finds everything while nothing is damaged: a cache of the %s format',
      (format) => {
        const tree = treeOf({ ...files, '/etc/ld.so.cache': caches[format] });
        const closure = findClosure({ tree, path: '/program' });
        expect(closure.libraries.map(({ path, foundBy }) => [path, foundBy])).toEqual([
          ['/opt/far/liba.so', 'cache'],
          ['/opt/far/libb.so', 'cache'],
        ]);
      },
    );

    const cuts = fc.option(fc.nat(), { freq: 5 });
    const TIMEOUT = { timeout: 60_000 + RUNS * 50 };

    it.each(CACHE_FORMATS)(`a cache of the %s format, ${RUNS} times from seed ${SEED}`, TIMEOUT, (format) => {
      const damage = fc.record({ changes: fc.oneof(cacheMutations, mutations), cut: cuts });
      assertBounded(damage, ({ changes, cut }) => {
        const cache = mutated(caches[format], changes, cut);
        survives(treeOf({ ...files, '/etc/ld.so.cache': cache }), '/program');
      });
    });

    it.each(['/program', '/opt/far/liba.so', LOADER] as const)(
      `%s, ${RUNS} times from seed ${SEED}`,
      TIMEOUT,
      (path) => {
        assertBounded(fc.record({ changes: mutations, cut: cuts }), ({ changes, cut }) => {
          survives(treeOf({ ...files, [path]: mutated(files[path], changes, cut) }), '/program');
        });
      },
    );
  },
);
