import { existsSync, lstatSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openByteSource } from '../../core/byte-source.ts';
import { MorselError } from '../../core/errors.ts';
import { hiddenPrefix, removeLeftBehind } from '../../core/left-behind.ts';
import { makeDirectories } from '../../core/make-directories.ts';
import { OutputFile } from '../../core/output-file.ts';
import { readSmallFile } from '../../core/read-small-file.ts';
import { attempt } from '../../core/write-error.ts';
import {
  checkLayoutVersion,
  decodeIndex,
  decodeManifest,
  blobPath,
  INDEX_FILE,
  isIndexMediaType,
  LAYOUT_FILE,
  LAYOUT_VERSION_BYTES,
  METADATA_LIMIT_BYTES,
  readVerifiedBlob,
} from '../../oci/index.ts';
import type { Descriptor, Digest } from '../../oci/descriptor.ts';
import { encodeIndex, indexDescriptors, REF_NAME } from '../container/index-json.ts';
import {
  type BlobContent,
  type BlobOpener,
  type Destination,
  type FinishedImage,
  openOnce,
  storeBytes,
  type StoredBlob,
} from '../destination.ts';
import { pumpBlob } from '../pump-blob.ts';
import { holdsBlob } from './holds-blob.ts';
import { holdsLayout } from './layout-place.ts';

/** What a blob is called before its digest is known. */
const UNNAMED_BLOB = 'blob';
const TEMPORARY: ReadonlySet<string> = new Set([UNNAMED_BLOB, INDEX_FILE, LAYOUT_FILE].map(hiddenPrefix));

interface LayoutDestination extends Destination {
  /** In the place of `commit`: what refers to an image that is here becomes visible. */
  commitReferrer(referrer: Descriptor, subject: Descriptor): Promise<void>;
}

/**
 * An OCI layout directory (image-layout.md): made if absent or empty, added to if it is a layout. Readers see the old
 * `index.json` or the new one. An image of the same name (and platform) is replaced in the index; its blobs stay.
 * Errors: WRITE_FAILED (also for a directory that holds something else), DISK_FULL, IMAGE_INVALID, INTERRUPTED.
 */
export function layoutDestination(path: string, signal: AbortSignal | undefined): LayoutDestination {
  const directory = resolve(path);
  const existing = existingIndex(directory);
  const created = new CreatedPaths();
  const blobs = makeBlobFolder(directory, created);
  const writeBlob = async (content: BlobContent | BlobOpener, expected?: Descriptor): Promise<StoredBlob> => {
    const file = new OutputFile(join(blobs, UNNAMED_BLOB));
    try {
      const options = { expected, where: path, signal };
      const blob = await pumpBlob(openOnce(content), (chunk) => file.append(chunk), options);
      const target = join(directory, blobPath(blob.digest));
      const isNew = !existsSync(target);
      // What has this name already may be damaged, or no file: after this it is what the image's digests say.
      await file.commit(target);
      if (isNew) created.file(target);
      return blob;
    } finally {
      file.discard();
    }
  };
  return {
    has: (descriptor) => holdsBlob(directory, descriptor, signal),
    writeBlob,
    writeManifest: (bytes, mediaType) => storeBytes({ writeBlob }, mediaType, bytes),
    async commit(image) {
      await writeLayoutFile(directory, created);
      const kept = existing.filter((descriptor) => !isReplacedBy(descriptor, image));
      await writeFile(join(directory, INDEX_FILE), encodeIndex([...kept, ...indexDescriptors(image)]));
      created.forget();
    },
    async commitReferrer(referrer, subject) {
      const kept = withoutOldReferrers(existing, referrer, subject, directory);
      await writeFile(join(directory, INDEX_FILE), encodeIndex([...kept, referrer]));
      created.forget();
    },
    abort: () => created.remove(),
  };
}

function makeBlobFolder(directory: string, created: CreatedPaths): string {
  const blobs = join(directory, 'blobs', 'sha256');
  for (const folder of [join(directory, 'blobs'), blobs]) refuseLink(folder);
  created.directory(blobs);
  // A build that was killed while it added to this layout.
  for (const folder of [directory, blobs]) removeLeftBehind(folder, (prefix) => TEMPORARY.has(prefix));
  return blobs;
}

async function writeLayoutFile(directory: string, created: CreatedPaths): Promise<void> {
  const path = join(directory, LAYOUT_FILE);
  if (existsSync(path)) return;
  await writeFile(path, LAYOUT_VERSION_BYTES);
  created.file(path);
}

/** An image, or an index with the images that it names. */
function digestsBelow(directory: string, descriptor: Descriptor): readonly Digest[] {
  if (!isIndexMediaType(descriptor.mediaType)) return [descriptor.digest];
  const path = join(directory, blobPath(descriptor.digest));
  try {
    const bytes = readVerifiedBlob(openByteSource(path), descriptor, directory);
    return [descriptor.digest, ...decodeIndex(bytes, path).manifests.map(({ digest }) => digest)];
  } catch (error) {
    if (error instanceof MorselError) return [descriptor.digest]; // damaged: nobody knows what it has
    throw error;
  }
}

/** Old is one of the same type that refers to this image, or to one that is no longer in the index. */
function withoutOldReferrers(
  existing: readonly Descriptor[],
  referrer: Descriptor,
  subject: Descriptor,
  directory: string,
): readonly Descriptor[] {
  const digests = new Set(existing.flatMap((descriptor) => digestsBelow(directory, descriptor)));
  return existing.filter((descriptor) => {
    if (descriptor.artifactType !== referrer.artifactType) return true;
    const of = subjectOf(directory, descriptor);
    return of === null || (of !== subject.digest && digests.has(of));
  });
}

/** What a manifest refers to, by its own bytes; null where it says nothing, or cannot be read. */
function subjectOf(directory: string, descriptor: Descriptor): Digest | null {
  const path = join(directory, blobPath(descriptor.digest));
  try {
    return (
      decodeManifest(readVerifiedBlob(openByteSource(path), descriptor, directory), path).subject?.digest ??
      null
    );
  } catch (error) {
    if (error instanceof MorselError) return null;
    throw error;
  }
}

async function writeFile(path: string, bytes: Buffer): Promise<void> {
  const file = new OutputFile(path);
  try {
    file.append(bytes);
    await file.commit();
  } finally {
    file.discard();
  }
}

/** What is in the layout already; [] for a directory that is absent or empty. */
function existingIndex(directory: string): readonly Descriptor[] {
  const stat = statSync(directory, { throwIfNoEntry: false });
  if (stat === undefined) return [];
  if (!stat.isDirectory()) {
    throw new MorselError('WRITE_FAILED', `${directory} is a file, not a directory`, {
      hint: 'give a name ending in .tar for an archive, or another directory',
    });
  }
  if (!holdsLayout(directory)) return [];
  // What readers would refuse is not added to: the build would be done, and the image in it lost.
  const layoutPath = join(directory, LAYOUT_FILE);
  checkLayoutVersion(readSmallFile(layoutPath, METADATA_LIMIT_BYTES) ?? LAYOUT_VERSION_BYTES, directory);
  const indexPath = join(directory, INDEX_FILE);
  const bytes = readSmallFile(indexPath, METADATA_LIMIT_BYTES);
  return bytes === null ? [] : decodeIndex(bytes, indexPath).manifests;
}

/** A layout may come from anywhere, and where its link leads is its maker's choice: nothing is written there. */
function refuseLink(folder: string): void {
  if (!attempt(folder, () => lstatSync(folder, { throwIfNoEntry: false }))?.isSymbolicLink()) return;
  throw new MorselError('IMAGE_INVALID', `${folder} is a link, which is not followed to write`, {
    hint: 'put the folder itself in its place, or write to another layout with -o',
  });
}

/** The same name on the same platform, or both without a name. */
function isReplacedBy(descriptor: Descriptor, image: FinishedImage): boolean {
  const name = descriptor.annotations?.[REF_NAME];
  const isSameName = name === undefined ? image.references.length === 0 : image.references.includes(name);
  const { platform } = descriptor;
  const isSamePlatform =
    platform === undefined ||
    image.platform === null ||
    (platform.os === image.platform.os &&
      platform.architecture === image.platform.architecture &&
      (platform.variant ?? '') === (image.platform.variant ?? ''));
  return isSameName && isSamePlatform;
}

/** What this run has made, so that a failure takes away that and nothing else. */
class CreatedPaths {
  #files: string[] = [];
  #directories: string[] = [];

  directory(path: string): void {
    this.#directories.push(...makeDirectories(path));
  }

  file(path: string): void {
    this.#files.push(path);
  }

  forget(): void {
    this.#files = [];
    this.#directories = [];
  }

  remove(): void {
    for (const file of this.#files) rmSync(file, { force: true });
    for (const directory of this.#directories.reverse()) {
      try {
        rmdirSync(directory);
      } catch {
        // someone else has put something there meanwhile: it is theirs
      }
    }
    this.forget();
  }
}
