/** What the matrix's scripts take from the sources. */
export { readElf } from '../../src/elf/index.ts';
export { directoryTree } from '../../src/rootfs/directory-tree.ts';
export { describeBase } from '../../src/base/index.ts';
export { formatLibraryTable } from '../../src/base/known/base-table.ts';
