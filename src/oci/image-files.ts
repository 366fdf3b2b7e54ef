import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type ByteSource, openByteSource } from '../core/byte-source.ts';
import { MorselError } from '../core/errors.ts';
import { listTar, type TarMember } from '../tar/index.ts';
import { decompressedFile } from './decompressed-file.ts';

/** The named files of an image's container: the same names in a layout directory and in an archive. */
export interface ImageFiles {
  /** For messages: the path as the user gave it. */
  readonly name: string;
  /** The file's bytes, or null. `path` is relative, as written in an index or in `manifest.json`. */
  open(path: string): ByteSource | null;
  close(): void;
}

/** Symbolic links between members: `docker save` (before 25) stores a layer once and links to it. */
const MEMBER_LINKS_LIMIT = 8;

export async function openImageFiles(path: string): Promise<ImageFiles> {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isDirectory() === true ? directoryFiles(path) : archiveFiles(path);
}

function directoryFiles(directory: string): ImageFiles {
  return {
    name: directory,
    open(path) {
      // Only names made here come in: constants, and `blobs/sha256/<hex>` of checked digests.
      try {
        return openByteSource(join(directory, path));
      } catch (error) {
        if (error instanceof MorselError && error.code === 'NOT_FOUND') return null;
        throw error;
      }
    },
    close: () => {},
  };
}

/** Errors: NOT_FOUND, UNREADABLE, TAR_INVALID, UNSUPPORTED (xz, bzip2), LIMIT_EXCEEDED. */
async function archiveFiles(path: string): Promise<ImageFiles> {
  const stored = openByteSource(path);
  const archive = await decompressedFile(stored);
  if (archive !== stored) stored.close();
  try {
    const members = new Map<string, TarMember>();
    // The last member of a name wins, as when the archive is unpacked.
    for (const member of listTar(archive)) members.set(cleanName(member.header.path), member);
    return { name: path, open: (name) => openMember(members, name), close: () => archive.close() };
  } catch (error) {
    archive.close();
    throw error;
  }
}

function openMember(members: ReadonlyMap<string, TarMember>, path: string): ByteSource | null {
  let name = cleanName(path);
  for (let links = 0; links <= MEMBER_LINKS_LIMIT; links += 1) {
    const member = members.get(name);
    if (member === undefined) return null;
    const { kind, linkTarget } = member.header;
    if (kind === 'file') return member.open();
    if (kind === 'hardlink') name = cleanName(linkTarget);
    else if (kind === 'symlink') name = cleanName(`${name}/../${linkTarget}`);
    else return null;
  }
  return null;
}

/** `./a/../b` -> `b`: names of members are only keys here, they never become paths of this machine. */
function cleanName(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}
