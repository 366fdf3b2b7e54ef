import { resolve } from 'node:path';
import { statSync } from 'node:fs';
import { MorselError } from '../../core/errors.ts';
import { OutputFile } from '../../core/output-file.ts';
import { paddingBytes, TAR_BLOCK_BYTES, tarEnd, tarHeaderBlocks } from '../../tar/index.ts';
import type { Digest } from '../../oci/descriptor.ts';
import { blobPath, INDEX_FILE, LAYOUT_FILE, LAYOUT_VERSION_BYTES } from '../../oci/index.ts';
import { type FinishedImage, type ImageDestination, pumpBlob, type StoredBlob } from '../destination.ts';
import { encodeIndex, indexDescriptors } from '../container/index-json.ts';

/** The file by which `docker load` reads an archive (its "docker-archive" format, image-spec v1.2 of Docker). */
export const DOCKER_MANIFEST_FILE = 'manifest.json';

/**
 * One tar that is an OCI layout and a docker-archive at once: blobs in `blobs/sha256/`, described by both
 * `index.json` and `manifest.json`. Blobs are streamed to their final place: each header is written after its content,
 * when digest and size are known. Errors: DISK_FULL, WRITE_FAILED, INTERRUPTED.
 */
export function archiveDestination(path: string, signal: AbortSignal | undefined): ImageDestination {
  refuseDirectory(path);
  const file = new OutputFile(resolve(path));
  const stored = new Set<Digest>();
  const addSmallFile = (name: string, bytes: Buffer): void => {
    file.append(archiveHeader(name, bytes.length));
    file.append(bytes);
    file.append(Buffer.alloc(paddingBytes(bytes.length)));
  };
  return {
    async writeBlob(content): Promise<StoredBlob> {
      const start = file.endOffset;
      file.skip(TAR_BLOCK_BYTES);
      const blob = await pumpBlob(content, (chunk) => file.append(chunk), signal);
      if (stored.has(blob.digest)) {
        file.truncate(start);
        return blob;
      }
      stored.add(blob.digest);
      file.append(Buffer.alloc(paddingBytes(blob.sizeBytes)));
      file.writeAt(archiveHeader(blobPath(blob.digest), blob.sizeBytes), start);
      return blob;
    },
    async commit(image) {
      addSmallFile(INDEX_FILE, encodeIndex(indexDescriptors(image)));
      addSmallFile(DOCKER_MANIFEST_FILE, encodeDockerManifest(image));
      addSmallFile(LAYOUT_FILE, LAYOUT_VERSION_BYTES);
      file.append(tarEnd());
      await file.commit();
    },
    abort: () => file.discard(),
  };
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
  const entry = {
    Config: blobPath(image.configDigest),
    RepoTags: image.references,
    Layers: image.layerDigests.map(blobPath),
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
