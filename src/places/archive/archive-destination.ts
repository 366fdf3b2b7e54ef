import { resolve } from 'node:path';
import { statSync } from 'node:fs';
import { MorselError } from '../../core/errors.ts';
import { OutputFile } from '../../core/output-file.ts';
import { paddingBytes, TAR_BLOCK_BYTES, tarEnd, tarHeaderBlocks } from '../../tar/index.ts';
import type { Descriptor, Digest } from '../../oci/descriptor.ts';
import {
  blobPath,
  DOCKER_MANIFEST_FILE,
  INDEX_FILE,
  LAYOUT_FILE,
  LAYOUT_VERSION_BYTES,
} from '../../oci/index.ts';
import { encodeIndex, indexDescriptors } from '../container/index-json.ts';
import {
  type BlobContent,
  type BlobOpener,
  type Destination,
  type FinishedImage,
  openOnce,
  storeBytes,
  type StoredBlob,
} from '../destination.ts';
import { pumpBlob, type PumpOptions } from '../pump-blob.ts';

/**
 * One tar that is an OCI layout and a docker-archive at once: blobs in `blobs/sha256/`, described by both
 * `index.json` and `manifest.json`. A file that is there already is replaced by `commit`. Errors: DISK_FULL,
 * WRITE_FAILED, LIMIT_EXCEEDED, INTERRUPTED.
 */
export function archiveDestination(path: string, signal: AbortSignal | undefined): Destination {
  refuseDirectory(path);
  const file = new OutputFile(resolve(path));
  /** Sizes, by the digests of what is written. */
  const stored = new Map<Digest, number>();
  const writeBlob = async (content: BlobContent | BlobOpener, expected?: Descriptor): Promise<StoredBlob> => {
    const start = file.endOffset;
    try {
      const blob = await appendBlob(file, stored, openOnce(content), { expected, where: path, signal });
      stored.set(blob.digest, blob.sizeBytes);
      return blob;
    } catch (error) {
      file.truncate(start);
      throw error;
    }
  };
  return {
    has: async ({ digest, size }) => stored.get(digest) === size,
    writeBlob,
    writeManifest: (bytes, mediaType) => storeBytes({ writeBlob }, mediaType, bytes),
    async commit(image) {
      appendSmallFile(file, INDEX_FILE, encodeIndex(indexDescriptors(image)));
      appendSmallFile(file, DOCKER_MANIFEST_FILE, encodeDockerManifest(image));
      appendSmallFile(file, LAYOUT_FILE, LAYOUT_VERSION_BYTES);
      file.append(tarEnd());
      await file.commit();
    },
    abort: () => file.discard(),
  };
}

/** Streamed to its final place: the header is written after the content, when digest and size are known. */
async function appendBlob(
  file: OutputFile,
  stored: ReadonlyMap<Digest, number>,
  content: BlobContent,
  options: PumpOptions,
): Promise<StoredBlob> {
  const start = file.endOffset;
  file.skip(TAR_BLOCK_BYTES);
  const blob = await pumpBlob(content, (chunk) => file.append(chunk), options);
  if (stored.has(blob.digest)) {
    file.truncate(start);
  } else {
    file.append(Buffer.alloc(paddingBytes(blob.sizeBytes)));
    file.writeAt(archiveHeader(blobPath(blob.digest), blob.sizeBytes), start);
  }
  return blob;
}

function appendSmallFile(file: OutputFile, name: string, bytes: Buffer): void {
  file.append(archiveHeader(name, bytes.length));
  file.append(bytes);
  file.append(Buffer.alloc(paddingBytes(bytes.length)));
}

function archiveHeader(path: string, sizeBytes: number): Buffer {
  const header = tarHeaderBlocks({
    kind: 'file',
    path,
    sizeBytes,
    mode: 0o644,
    uid: 0,
    gid: 0,
    mtimeSeconds: 0,
    open: unused,
  });
  // Beyond 8 GiB ustar needs a PAX header, for which no room was left before the content.
  if (header.length !== TAR_BLOCK_BYTES) {
    throw new MorselError('LIMIT_EXCEEDED', `a layer of ${sizeBytes} bytes is too large for an archive`, {
      hint: 'write a layout directory instead: -o DIR/',
    });
  }
  return header;
}

function unused(): never {
  throw new Error('the header of an archive member needs no content');
}

function encodeDockerManifest(image: FinishedImage): Buffer {
  if (image.config === null) return Buffer.from('[]');
  const entry = {
    Config: blobPath(image.config.digest),
    RepoTags: image.references,
    Layers: image.layers.map(({ digest }) => blobPath(digest)),
  };
  return Buffer.from(JSON.stringify([entry]));
}

function refuseDirectory(path: string): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || stat.isFile()) return;
  throw new MorselError(
    'WRITE_FAILED',
    `${path} is ${stat.isDirectory() ? 'a directory' : 'not a regular file'}`,
    {
      hint: 'give a file name with -o, or a directory with a slash at its end for a layout',
    },
  );
}
