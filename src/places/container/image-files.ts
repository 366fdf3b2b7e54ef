import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type ByteSource, openByteSource, sliceByteSource } from '../../core/byte-source.ts';
import { MorselError } from '../../core/errors.ts';
import type { Turns } from '../../core/turns.ts';
import { listTar, type TarMember } from '../../tar/index.ts';
import { decompressedFile } from '../../layers/index.ts';
import { isDirectory } from '../../core/stat-path.ts';

/** The named files of an image's container: the same names in a layout directory and in an archive. */
export interface ImageFiles {
  /** For messages: the path as the user gave it. */
  readonly name: string;
  /** The file's bytes, or null. `path` is relative, as written in an index or in `manifest.json`. Error: UNREADABLE. */
  open(path: string): ByteSource | null;
  /** Equal for two paths that lead to one file; null when there is none. */
  identify(path: string): string | null;
  close(): void;
}

/** Symbolic links between members: `docker save` (before 25) stores a layer once and links to it. */
const MEMBER_LINKS_LIMIT = 8;
/** Of an archive of images: `docker save` writes four for each layer. */
export const CONTAINER_MEMBERS_LIMIT = 65_536;
/** Of all their names and link targets. */
export const CONTAINER_NAMES_LIMIT_BYTES = 16 * 1024 * 1024;

export async function openImageFiles(path: string, turns: Turns, signal?: AbortSignal): Promise<ImageFiles> {
  return isDirectory(path) ? directoryFiles(path) : archiveFiles(path, turns, signal);
}

/**
 * Links are followed, also out of the directory: Bazel's rules make layouts of them. What they lead to is used when its
 * digest is the expected one, and only regular files are opened.
 */
function directoryFiles(directory: string): ImageFiles {
  const inside = (path: string): string => join(directory, cleanName(path));
  return {
    name: directory,
    open(path) {
      try {
        return openByteSource(inside(path));
      } catch (error) {
        if (error instanceof MorselError && error.code === 'NOT_FOUND') return null;
        throw error;
      }
    },
    identify(path) {
      try {
        const { dev, ino } = statSync(inside(path), { bigint: true });
        return `${dev}:${ino}`;
      } catch {
        return null; // whoever opens it says what is wrong
      }
    },
    close: () => {},
  };
}

/** Errors: NOT_FOUND, UNREADABLE, TAR_INVALID, UNSUPPORTED (xz, bzip2), LIMIT_EXCEEDED, DISK_FULL, INTERRUPTED. */
async function archiveFiles(
  path: string,
  turns: Turns,
  signal: AbortSignal | undefined,
): Promise<ImageFiles> {
  const stored = openByteSource(path);
  let archive = stored;
  try {
    archive = await decompressedFile(stored, signal);
    if (archive !== stored) stored.close();
    const members = await listMembers(archive, path, turns);
    return {
      name: path,
      open: (name) => openMember(archive, findMember(members, name)),
      identify: (name) => findMember(members, name)?.name ?? null,
      close: () => archive.close(),
    };
  } catch (error) {
    stored.close();
    archive.close();
    throw error;
  }
}

interface Member {
  readonly name: string;
  readonly kind: TarMember['header']['kind'];
  readonly linkTarget: string;
  readonly contentOffset: number;
  readonly sizeBytes: number;
}

/** By their names; of a header only what is needed stays in memory. */
async function listMembers(
  archive: ByteSource,
  path: string,
  turns: Turns,
): Promise<ReadonlyMap<string, Member>> {
  const members = new Map<string, Member>();
  let seen = 0;
  let namesBytes = 0;
  for (const { header, contentOffset } of listTar(archive)) {
    await turns.take();
    const { kind, linkTarget, sizeBytes } = header;
    const name = cleanName(header.path);
    // The last member of a name wins, as when the archive is unpacked.
    members.set(name, { name, kind, linkTarget, contentOffset, sizeBytes });
    seen += 1;
    namesBytes += Buffer.byteLength(name) + Buffer.byteLength(linkTarget);
    if (seen > CONTAINER_MEMBERS_LIMIT || namesBytes > CONTAINER_NAMES_LIMIT_BYTES) {
      throw new MorselError('LIMIT_EXCEEDED', `${path} has more members than an archive of images`, {
        hint: 'give what `docker save` or `skopeo copy` wrote; for the files of a root, unpack them into a directory',
      });
    }
  }
  return members;
}

/** The file that a name leads to, through links between members. */
function findMember(members: ReadonlyMap<string, Member>, path: string): Member | null {
  let name = cleanName(path);
  for (let links = 0; links <= MEMBER_LINKS_LIMIT; links += 1) {
    const member = members.get(name);
    if (member === undefined) return null;
    if (member.kind === 'file') return member;
    if (member.kind === 'hardlink') name = cleanName(member.linkTarget);
    else if (member.kind === 'symlink') name = cleanName(`${name}/../${member.linkTarget}`);
    else return null;
  }
  return null;
}

function openMember(archive: ByteSource, member: Member | null): ByteSource | null {
  if (member === null) return null;
  const { contentOffset, sizeBytes, name } = member;
  return sliceByteSource(archive, contentOffset, sizeBytes, `${archive.name}:${name}`);
}

/** `./a/../b` -> `b`: a name of a foreign document never leads out of the container. */
function cleanName(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}
