import { describe, expect, it } from 'vitest';
import type { BaseLibrary } from './base.ts';
import { formatLibraryTable, libraryTable } from './base-table.ts';

const TEXT = `
libacl.so.1 ACL_1.2
libc.so.6 GLIBC_2.36 GLIBC_ABI_DT_RELR GLIBC_PRIVATE
libcap.so.2
`;

describe('libraryTable', () => {
  const table = libraryTable(TEXT);

  it('gives the versions of a library, the numbered ones by family', () => {
    expect(table.get('libc.so.6')).toEqual({
      highest: { GLIBC: '2.36' },
      names: ['GLIBC_ABI_DT_RELR', 'GLIBC_PRIVATE'],
    });
    expect(table.get('libacl.so.1')).toEqual({ highest: { ACL: '1.2' }, names: [] });
    expect(table.get('libcap.so.2')).toEqual({ highest: {}, names: [] });
  });

  it.each(['', ' ', '\n', 'libc.so', 'c.so.6', 'libc.so.6 GLIBC_2.36', 'GLIBC_2.36', 'libcap.so.2\n'])(
    'knows no library %j',
    (soname) => expect(table.get(soname)).toBeUndefined(),
  );

  it('has nothing when it is empty, or when what it has is not there', () => {
    for (const soname of ['', 'libc.so.6']) expect(libraryTable('').get(soname)).toBeUndefined();
    expect(libraryTable(TEXT, (soname) => soname !== 'libc.so.6').get('libc.so.6')).toBeUndefined();
  });

  it('reads what formatLibraryTable writes', () => {
    const libraries = new Map<string, BaseLibrary>([
      ['libm.so.6', { highest: { GLIBC: '2.35' }, names: ['X'] }],
      ['libz.so.1', { highest: {}, names: [] }],
    ]);
    const read = libraryTable(formatLibraryTable(libraries));
    for (const [soname, versions] of libraries) expect(read.get(soname)).toEqual(versions);
  });
});
