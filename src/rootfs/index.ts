export { directoryTree } from './directory-tree.ts';
export type {
  FileTree,
  FileTreeEntry,
  Replacement,
  ResolvedEntry,
  WalkableTree,
  WalkedPath,
} from './file-tree.ts';
export { entryFromTree, openInTree } from './entry-from-tree.ts';
export { entriesFromHost, entryFromFile, HOST_ENTRIES_LIMIT, type HostEntryOptions } from './host-entries.ts';
export type { LayerDirectory, LayerEntry, LayerFile, LayerSymlink } from './layer-entry.ts';
export { layerTarEntries } from './layer-tar.ts';
export { type LocatedProgram, locateProgram } from './locate-program.ts';
export { homeOf, type IdLookup, lookUpUser, nameOf, type UserLookup } from './look-up-user.ts';
export { checkImageDirectory, mergeEntries, normaliseEntries } from './normalise-entries.ts';
export { parentDirectories } from './parent-directories.ts';
export { type GroupLine, type PasswdLine, readGroups, readPasswd } from './passwd.ts';
export { type FileBelow, filesBelow } from './files-below.ts';
export { readCapability } from './read-capability.ts';
export { type CanonicalLstat, resolvePath, SYMLINK_LIMIT } from './resolve-path.ts';
export { describeReplacement, librariesTakenAway, takenAway } from './taken-away.ts';
export { shebangInTree } from './shebang-in-tree.ts';
export { singleFileTree } from './single-file-tree.ts';
export { entriesTree } from './entries-tree.ts';
export { type MadePlace, MountedTree, mountedTree, type TreeMount } from './mounted-tree.ts';
export { overlayTree } from './overlay-tree.ts';
export { treeWithEntries } from './tree-with-entries.ts';
export { rootEntries } from './root-entries.ts';
export { normaliseImagePath } from './normalise-entries.ts';
