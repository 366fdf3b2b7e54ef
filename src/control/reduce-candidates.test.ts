import { describe, expect, it } from 'vitest';
import type { PackedPath } from './candidates.ts';
import { type ReduceOptions, reduceCandidates, type Reduction } from './reduce-candidates.ts';

const OWNER = { kind: 'package', package: 'p', isShared: false } as const;

/** `/a/` is a directory, all else files; in the order of their paths. */
function packed(...paths: readonly string[]): readonly PackedPath[] {
  const base = { owner: OWNER, reason: 'test' };
  return paths.toSorted().map((path): PackedPath => {
    if (path.endsWith('/')) return { ...base, kind: 'directory', path: path.slice(0, -1), mode: 0o755 };
    return { ...base, kind: 'file', path, source: path, content: null, sizeBytes: 1, mode: 0o644 };
  });
}

const names = (paths: readonly PackedPath[]): readonly string[] => paths.map(({ path }) => path);

/** An oracle that looks at names, and the number of its runs. */
function reduce(
  paths: readonly PackedPath[],
  isEnough: (kept: ReadonlySet<string>) => boolean,
  options: Partial<ReduceOptions> = {},
): Promise<Reduction> {
  const oracle = (kept: readonly PackedPath[]): Promise<boolean> =>
    Promise.resolve(isEnough(new Set(names(kept))));
  return reduceCandidates(paths, { isEnough: oracle, ...options });
}

const STDLIB = packed(
  '/usr/',
  '/usr/lib/',
  '/usr/lib/json/',
  ...Array.from({ length: 20 }, (_, index) => `/usr/lib/json/${String(index).padStart(2, '0')}.py`),
  '/usr/lib/zone/',
  ...Array.from({ length: 200 }, (_, index) => `/usr/lib/zone/${String(index).padStart(3, '0')}`),
  '/var/',
  '/var/empty/',
);

describe('reduceCandidates', () => {
  it('keeps what is needed with the directories that lead there, and names what went', async () => {
    const needed = ['/usr/lib/json/03.py', '/usr/lib/json/17.py'];
    const { kept, removed, stoppedBy } = await reduce(STDLIB, (has) => needed.every((path) => has.has(path)));
    expect(names(kept)).toEqual(['/usr', '/usr/lib', '/usr/lib/json', ...needed]);
    expect([...names(kept), ...names(removed)].toSorted()).toEqual(names(STDLIB));
    expect(stoppedBy).toBeNull();
  });

  it('asks few times where whole directories can go', async () => {
    const { runs, kept } = await reduce(STDLIB, (has) => has.has('/usr/lib/json/03.py'));
    expect(names(kept)).toEqual(['/usr', '/usr/lib', '/usr/lib/json', '/usr/lib/json/03.py']);
    expect(runs).toBeLessThan(40);
  });

  it('takes all away where nothing is needed, in one run', async () => {
    expect(await reduce(STDLIB, () => true)).toMatchObject({ kept: [], runs: 1 });
  });

  it('keeps an empty directory that is needed, and everything where everything is', async () => {
    const { kept } = await reduce(STDLIB, (has) => has.has('/var/empty'));
    expect(names(kept)).toEqual(['/var', '/var/empty']);
    const some = packed('/a/', '/a/b', '/c');
    expect(names((await reduce(some, (has) => has.size === 3)).kept)).toEqual(['/a', '/a/b', '/c']);
  });

  it('never keeps what was not enough when it was tried, whatever the oracle says', async () => {
    const oracles: readonly ((has: ReadonlySet<string>) => boolean)[] = [
      // A namespace package works without its folder, or with all of it, and not with a part.
      (has) => !has.has('/usr/lib/json') || [...has].filter((path) => path.includes('/json/')).length === 20,
      (has) => has.size % 3 === 0 || has.size === STDLIB.length,
      (has) => has.has('/usr/lib/zone/100') !== has.has('/usr/lib/json/05.py') || has.size === STDLIB.length,
      () => false,
    ];
    for (const oracle of oracles) {
      const { kept } = await reduce(STDLIB, oracle);
      expect(kept.length === STDLIB.length || oracle(new Set(names(kept)))).toBe(true);
    }
  });

  it('leaves out what only something was needed for that has gone since', async () => {
    // The cache is only missed while the program that looks for it is there.
    const paths = packed('/a-cache', '/b-needed', '/z-program');
    const { kept } = await reduce(paths, (has) => {
      return has.has('/b-needed') && (has.has('/a-cache') || !has.has('/z-program'));
    });
    expect(names(kept)).toEqual(['/b-needed']);
  });

  it('stops at the bound of runs and of time with what was enough so far', async () => {
    const isEnough = (has: ReadonlySet<string>): boolean => has.has('/usr/lib/json/03.py');
    const bounded = await reduce(STDLIB, isEnough, { limits: { runs: 5, timeMs: Infinity } });
    expect(bounded).toMatchObject({ runs: 5, stoppedBy: 'runs' });
    expect(isEnough(new Set(names(bounded.kept)))).toBe(true);
    let clock = 0;
    const late = await reduce(STDLIB, isEnough, {
      limits: { runs: 100, timeMs: 10 },
      now: () => (clock += 3),
    });
    expect(late.stoppedBy).toBe('time');
    expect(late.runs).toBeLessThan(5);
    const none = await reduce(STDLIB, isEnough, { limits: { runs: 0, timeMs: Infinity } });
    expect(none).toMatchObject({ runs: 0, stoppedBy: 'runs' });
    expect(none.kept).toHaveLength(STDLIB.length);
  });

  it('asks the same in each run, and tells how far it is', async () => {
    const asked = async (): Promise<readonly string[]> => {
      const seen: string[] = [];
      await reduceCandidates(STDLIB, {
        isEnough: (kept) => {
          seen.push(names(kept).join(' '));
          return Promise.resolve(kept.some(({ path }) => path === '/usr/lib/zone/042'));
        },
        onProgress: ({ runs, open, removed }) => seen.push(`${runs} ${open} ${removed}`),
      });
      return seen;
    };
    const first = await asked();
    expect(await asked()).toEqual(first);
    expect(first.at(-1)).toMatch(/^\d+ 4 \d+$/);
  });

  it('gives an error of a run on', async () => {
    const isEnough = (): Promise<boolean> => Promise.reject(new Error('interrupted'));
    await expect(reduceCandidates(STDLIB, { isEnough })).rejects.toThrow('interrupted');
  });
});
