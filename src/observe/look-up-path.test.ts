import { describe, expect, it } from 'vitest';
import { demandsDirectory, lookUpPath } from './look-up-path.ts';

const REAL = { path: '/a/b', isReal: true };
const ASKED = { path: '/a/b', isReal: false };

describe('a path', () => {
  it.each([
    ['/', undefined, '/'],
    ['//x/./y/', undefined, '/x/y'],
    ['/../x', undefined, '/x'],
    ['x', REAL, '/a/b/x'],
    ['.', REAL, '/a/b'],
    ['/x', REAL, '/x'],
    ['..', REAL, '/a'],
    ['../../../../x', REAL, '/x'],
    ['../x/../y', REAL, '/a/x/../y'],
    ['x/../../y', REAL, '/a/b/x/../../y'],
    ['..', ASKED, '/a/b/..'],
    ['/x/../y', undefined, '/x/../y'],
    ['x', undefined, undefined],
    [`/${'n'.repeat(4094)}`, undefined, `/${'n'.repeat(4094)}`],
    [`/${'n'.repeat(4095)}`, undefined, undefined],
  ])('%j from %j is %j', (path, from, expected) => expect(lookUpPath(path, from)).toBe(expected));
});

it.each([
  ['a/', true],
  ['a/.', true],
  ['a/..', true],
  ['.', true],
  ['..', true],
  ['a', false],
  ['a.', false],
  ['/a/...', false],
])('%s wants a directory: %s', (path, expected) => expect(demandsDirectory(path)).toBe(expected));
