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
