import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { openByteSource } from '../../src/core/byte-source.ts';
import { factsOf, isElf, openElf } from '../../src/elf/index.ts';
import { judgeBases, judgeTree, KNOWN_BASES } from '../../src/base/index.ts';
import { findNeeds } from '../../src/needs/index.ts';
import { directoryTree } from '../../src/rootfs/directory-tree.ts';
import type { Program } from './programs.ts';

export { compilePrograms } from './programs.ts';

/** Known base that the data knows a root by. */
export const BASE_OF_ROOT: Readonly<Record<string, string>> = {
  empty: 'scratch',
  static12: 'distroless-static',
  cc12: 'distroless-cc',
  cc13: 'distroless-cc-debian13',
  debian12: 'debian:12',
  debian13: 'debian:13',
};

export interface Row {
  readonly program: string;
  readonly origin: string;
  readonly root: string;
  readonly started: boolean;
  /** What the kernel, the loader or the program said. */
  readonly observed: string;
  readonly tree: { readonly runs: string; readonly reason: string };
  readonly base: { readonly runs: string; readonly reason: string } | null;
}

/** ELF programs of some directories, each file once, evenly thinned to `limit`. */
export function listPrograms(
  root: string,
  directories: readonly string[],
  origin: string,
  limit: number,
): readonly Program[] {
  const seen = new Set<string>();
  const paths = directories
    .flatMap((directory) => listElf(join(root, directory)))
    .filter((path) => {
      const real = realpathSync(path);
      if (seen.has(real)) return false;
      seen.add(real);
      return true;
    });
  const step = Math.max(1, paths.length / limit);
  const chosen = paths.filter(
    (_path, index) => Math.floor(index / step) !== Math.floor((index - 1) / step) || step === 1,
  );
  return chosen.slice(0, limit).map((path) => ({ path, origin }));
}

function listElf(directory: string): readonly string[] {
  return readdirSync(directory)
    .sort()
    .map((name) => join(directory, name))
    .filter((path) => {
      try {
        if (!lstatSync(path).isFile()) return false;
        const source = openByteSource(path);
        try {
          return isElf(source);
        } finally {
          source.close();
        }
      } catch {
        return false;
      }
    });
}

const INSIDE = '/morsel-program';
const OUTPUT_LIMIT_BYTES = 1 << 20;

export interface MatrixOptions {
  readonly roots: string;
  readonly rootNames: readonly string[];
  readonly programs: readonly Program[];
  readonly timeoutMs: number;
  readonly onRow: (row: Row) => void;
}

/** Each program on each root: judged first, then executed. */
export function runMatrix({ roots, rootNames, programs, timeoutMs, onRow }: MatrixOptions): void {
  const staging = join(roots, '.staging');
  mkdirSync(staging, { recursive: true });
  const copy = join(staging, 'program');
  const trees = rootNames.map((name) => ({
    name,
    directory: join(roots, name),
    tree: directoryTree(join(roots, name)),
  }));
  for (const program of programs) {
    rmSync(copy, { force: true });
    copyFileSync(program.path, copy);
    chmodSync(copy, 0o755);
    const source = openByteSource(copy);
    try {
      const elf = openElf(source);
      const facts = factsOf(elf);
      const needs = findNeeds({ facts, source, elf });
      const verdicts = judgeBases({ facts, needs, elf }, KNOWN_BASES);
      for (const { name, directory, tree } of trees) {
        const judged = judgeTree({ facts, needs, tree, path: INSIDE, elf });
        const known = verdicts.find(({ base }) => base === BASE_OF_ROOT[name]) ?? null;
        onRow({
          program: program.path,
          origin: program.origin,
          root: name,
          tree: judged,
          base: known,
          ...execute(directory, copy, timeoutMs),
        });
      }
    } finally {
      source.close();
    }
  }
  rmSync(staging, { recursive: true, force: true });
}

/** What a loader prints when it gives up. */
const LOADER_ERROR =
  /error while loading shared libraries|version `[^']+' not found|symbol lookup error|Error loading shared library|Error relocating|cannot enable executable stack|CPU ISA level|kernel too old/;

/**
 * Runs it in namespaces of its own (mounts, processes, network, IPC), as nobody, with an empty environment and no input.
 * Started is what neither the kernel nor the loader refused, and what no signal ended.
 */
function execute(
  root: string,
  program: string,
  timeoutMs: number,
): { readonly started: boolean; readonly observed: string } {
  const inside = join(root, INSIDE);
  rmSync(inside, { force: true });
  linkSync(program, inside);
  const args = [
    '--mount',
    '--pid',
    '--fork',
    '--kill-child',
    '--net',
    '--ipc',
    '--uts',
    '/usr/sbin/chroot',
    '--userspec=65534:65534',
    root,
    INSIDE,
    '--version',
  ];
  const done = spawnSync('unshare', args, {
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: OUTPUT_LIMIT_BYTES,
    encoding: 'utf8',
  });
  rmSync(inside, { force: true });
  const said =
    `${done.stderr}`
      .trim()
      .split('\n')
      .find((line) => LOADER_ERROR.test(line) || line.includes('chroot: failed to run command')) ?? '';
  const stoppedByUs = done.error !== undefined; // the time or the output limit
  if (stoppedByUs) return { started: true, observed: 'still ran' };
  if (said !== '') return { started: false, observed: said };
  const signal =
    done.signal ??
    (done.status !== null && done.status > 128 && done.status < 160 ? `signal ${done.status - 128}` : null);
  return signal === null
    ? { started: true, observed: `exit ${done.status}` }
    : { started: false, observed: `${signal}` };
}
