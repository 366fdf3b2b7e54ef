import { expect, it } from 'vitest';
import { VER_FLG_BASE, VER_FLG_WEAK, versionNeedOf } from './symbol-versions.ts';

it('tells a weak need from one without which the loader ends the program', () => {
  const version = (name: string, flags: number) => ({ name, flags, index: 2 });
  const record = {
    library: 'libc.so.6',
    versions: [
      version('GLIBC_2.34', 0),
      version('GLIBC_2.36', VER_FLG_WEAK),
      version('GLIBC_2.38', VER_FLG_WEAK | VER_FLG_BASE),
    ],
  };
  expect(versionNeedOf(record)).toEqual({
    library: 'libc.so.6',
    versions: [
      { name: 'GLIBC_2.34', weak: false },
      { name: 'GLIBC_2.36', weak: true },
      { name: 'GLIBC_2.38', weak: true },
    ],
  });
});
