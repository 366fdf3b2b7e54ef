export { directoryTree } from './directory-tree.ts';
export type { FileTree, FileTreeEntry, ResolvedEntry, WalkableTree, WalkedPath } from './file-tree.ts';
export { entriesFromHost, entryFromFile, HOST_ENTRIES_LIMIT, type HostEntryOptions } from './host-entries.ts';
export type { LayerDirectory, LayerEntry, LayerFile, LayerSymlink } from './layer-entry.ts';
export { layerTarEntries } from './layer-tar.ts';
export { normaliseEntries, normaliseImagePath } from './normalise-entries.ts';
export { parentDirectories } from './parent-directories.ts';
export { readCapability } from './read-capability.ts';
export {
  type CanonicalLstat,
  NAME_LIMIT_BYTES,
  PATH_LIMIT_BYTES,
  resolvePath,
  SYMLINK_LIMIT,
} from './resolve-path.ts';
export { singleFileTree } from './single-file-tree.ts';
