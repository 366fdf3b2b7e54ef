export type { BuiltLibrary, LibrarySysroot } from '../toolchain/index.ts';
export { provideLibraries, type ProvideLibrariesOptions } from './provide-libraries.ts';
export type { LibrarySandbox } from './build/library-sandbox.ts';
export type { LibraryRequest } from './sources/library-request.ts';
export { type LibraryWish, rowsFor } from './rows/rows-for.ts';
export type { LibraryRow } from './rows/library-row.ts';
export { LIBRARY_ROWS, rowNamed } from './rows/rows.ts';
export {
  type LibraryLock,
  LOCK_FILE_NAME,
  type LockedLibrary,
  readLibraryLock,
  writeLibraryLock,
} from './lock/library-lock.ts';
