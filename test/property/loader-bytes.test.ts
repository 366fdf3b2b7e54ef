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

const RUNS = process.env['MORSEL_TEST_ALL'] === '1' ? 100_000 : 1_000;
const SEED = 20_261_121;

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

/** Any byte or word set to a value that parsers trip over; `at` is taken modulo the length. */
const mutations = fc.array(
  fc.record<Mutation>({
    at: fc.oneof(fc.nat(), fc.nat(200)),
    value: fc.oneof(fc.nat(0xff), fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xffffffff), fc.nat()),
    width: fc.constantFrom(1, 4),
  }),
  { minLength: 1, maxLength: 8 },
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
    lab.library('root/opt/far/glibc-hwcaps/x86-64-v3/liba.so', { soname: 'liba.so' });
    lab.library(`root${LOADER}`);
    lab.file('root/etc/ld.so.conf', '/opt/far\n');
    execFileSync('/sbin/ldconfig', ['-r', join(lab.dir, 'root')], { stdio: 'ignore' });
    const read = (path: string): Buffer => readFileSync(join(lab.dir, 'root', path));
    const files = {
      '/program': read('program'),
      '/etc/ld.so.cache': read('etc/ld.so.cache'),
      '/opt/far/liba.so': read('opt/far/liba.so'),
      '/opt/far/libb.so': read('opt/far/libb.so'),
      [LOADER]: read(LOADER),
    };
    lab.remove();

    it('finds everything while nothing is damaged', () => {
      const closure = findClosure({ tree: treeOf(files), path: '/program' });
      expect(closure.libraries.map(({ path, foundBy }) => [path, foundBy])).toEqual([
        ['/opt/far/liba.so', 'cache'],
        ['/opt/far/libb.so', 'cache'],
      ]);
    });

    it.each(['/etc/ld.so.cache', '/program', '/opt/far/liba.so'] as const)(
      '%s',
      { timeout: 3_600_000 },
      (path) => {
        const cuts = fc.option(fc.nat(), { freq: 5 });
        fc.assert(
          fc.property(mutations, cuts, (changes, cut) => {
            survives(treeOf({ ...files, [path]: mutated(files[path], changes, cut) }), '/program');
          }),
          { seed: SEED, numRuns: RUNS },
        );
      },
    );
  },
);
