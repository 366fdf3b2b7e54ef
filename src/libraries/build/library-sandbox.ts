import type { BuildSandbox } from '../../toolchain/sandbox/build-sandbox.ts';
import type { LibraryFolders } from './build-folders.ts';

/** Keeps the builds of libraries from the network and the rest of the machine, as `--sandbox-build` keeps a project's. */
export interface LibrarySandbox {
  for(folders: LibraryFolders): BuildSandbox;
}
