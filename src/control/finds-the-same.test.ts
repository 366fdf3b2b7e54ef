import { expect, it } from 'vitest';
import type { Observation, PathUse } from '../observe/index.ts';
import { entriesTree, type LayerEntry } from '../rootfs/index.ts';
import { findsTheSame } from './finds-the-same.ts';

const READ: PathUse = {
  isRead: true,
  isWritten: false,
  isExecuted: false,
  isListed: false,
  isStatted: false,
};

function observed(paths: readonly string[], more: Partial<Observation> = {}): Observation {
  return {
    started: true,
    found: new Map(paths.map((path) => [path, READ])),
    missed: new Set(),
    refused: new Set(),
    notExecuted: new Set(),
    sockets: new Set(),
    unnamed: new Set(),
    gaps: [],
    ...more,
  };
}

const tree = (...paths: readonly string[]): ReturnType<typeof entriesTree> =>
  entriesTree(paths.map((path): LayerEntry => ({ kind: 'directory', path, mode: 0o755, reason: 'test' })));

const WHOLE = observed(['/a', '/b']);

it('is true of a run that finds all, or all that is left', () => {
  expect(findsTheSame(WHOLE, observed(['/b', '/a']), tree('/a', '/b'))).toBe(true);
  expect(findsTheSame(WHOLE, observed(['/a']), tree('/a'))).toBe(true);
});

it('is false of one that does not come to what is there, or takes something else instead', () => {
  expect(findsTheSame(WHOLE, observed(['/a']), tree('/a', '/b'))).toBe(false);
  expect(findsTheSame(WHOLE, observed(['/a', '/c']), tree('/a', '/c'))).toBe(false);
});

it('does not look at what is another in each run', () => {
  const written = observed(['/a', '/b'], {
    found: new Map([
      ['/a', READ],
      ['/b', READ],
      ['/made', { ...READ, isWritten: true }],
    ]),
  });
  expect(findsTheSame(WHOLE, written, tree('/a', '/b'))).toBe(true);
  expect(findsTheSame(WHOLE, observed(['/a', '/b', '/tmp/x', '/proc/7/maps']), tree('/a', '/b'))).toBe(true);
  expect(findsTheSame(WHOLE, observed(['/a', '/b', '/tmpx']), tree('/a', '/b'))).toBe(false);
});

it('is false where the start was not seen', () => {
  expect(findsTheSame(WHOLE, observed(['/a', '/b'], { started: false }), tree('/a', '/b'))).toBe(false);
  expect(findsTheSame(observed(['/a'], { started: false }), observed(['/a']), tree('/a'))).toBe(false);
});

it('takes a directory on the way to what is found, and the end of a link, for no other file', () => {
  const whole = observed(['/lib/__pycache__/a.pyc', '/lib/__pycache__/b.pyc', '/lib/a.py', '/lib/b.py']);
  const link: LayerEntry = { kind: 'symlink', path: '/lib/b.py', target: '/etc/b.py', reason: 'test' };
  const left = (...paths: readonly string[]): ReturnType<typeof entriesTree> =>
    entriesTree([
      ...paths.map((path): LayerEntry => ({ kind: 'directory', path, mode: 0o755, reason: 'test' })),
      link,
    ]);
  const some = left('/lib/__pycache__', '/lib/__pycache__/b.pyc', '/lib/a.py', '/etc/b.py');
  const found = ['/lib/__pycache__', '/lib/__pycache__/b.pyc', '/lib/a.py', '/lib/b.py', '/etc/b.py'];
  expect(findsTheSame(whole, observed(found), some)).toBe(true);
  // An empty folder of a package is taken for the package.
  const none = left('/lib/__pycache__', '/lib/a.py', '/etc/b.py');
  expect(findsTheSame(whole, observed(['/lib/__pycache__', '/lib/a.py', '/lib/b.py']), none)).toBe(false);
  expect(findsTheSame(whole, observed([...found, '/etc/c.py']), some)).toBe(false);
});
