/** What the matrix's scripts take from the sources. */
export { readElf } from '../../src/elf/index.ts';
export { directoryTree } from '../../src/rootfs/directory-tree.ts';
export { describeBase } from '../../src/needs/describe-base.ts';
export { formatLibraryTable } from '../../src/needs/bases/base-table.ts';
