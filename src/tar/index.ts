export {
  TAR_BLOCK_BYTES,
  TAR_EXTENSION_LIMIT_BYTES,
  TAR_MEMBERS_LIMIT,
  TAR_PATH_LIMIT_BYTES,
} from './limits.ts';
export { listTar, type TarMember } from './list-tar.ts';
export { compareNames, decodeName, encodeName, nameSizeBytes } from './name-bytes.ts';
export { readTar, type TarStreamMember } from './read-tar.ts';
export type {
  TarDirectoryEntry,
  TarEntry,
  TarFileEntry,
  TarHeader,
  TarKind,
  TarSymlinkEntry,
} from './tar-entry.ts';
export { paddingBytes, tarHeaderBlocks } from './header-writer.ts';
export { tarEnd, tarSizeBytes, writeTar } from './write-tar.ts';
