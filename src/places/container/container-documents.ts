import { MorselError } from '../../core/errors.ts';
import {
  DAMAGED_IMAGE_HINT,
  OVERSIZED_IMAGE_HINT,
  SEVERAL_IMAGES_HINT,
  decodeConfig,
  decodeIndex,
  decodeManifest,
  blobPath,
  sha256Digest,
  METADATA_LIMIT_BYTES,
  readVerifiedBlob,
} from '../../oci/index.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import type { ImageConfig } from '../../oci/config.ts';

import type { Descriptor, Digest } from '../../oci/descriptor.ts';

import type { ImageFiles } from './image-files.ts';
import type { IndexDocument } from '../../oci/index-document.ts';
import type { Manifest } from '../../oci/manifest.ts';

/** Of all manifests, configs and indexes of one container: a thousand real images have 20 MiB; parsed they take ten times that. */
export const DOCUMENTS_LIMIT_BYTES = 32 * 1024 * 1024;

export interface ReadDocument<T> {
  readonly digest: Digest;
  readonly bytes: Buffer;
  readonly document: T;
}

/** The JSON documents of a layout or an archive: each is read, verified and parsed once, however many name it. */
export class ContainerDocuments {
  readonly #files: ImageFiles;
  readonly #read = new Map<string, ReadDocument<unknown>>();
  #bytes = 0;

  constructor(files: ImageFiles) {
    this.#files = files;
  }

  /** Errors of all that read a blob: IMAGE_INVALID, DIGEST_MISMATCH, LIMIT_EXCEEDED, UNREADABLE. */
  index(descriptor: Descriptor): ReadDocument<IndexDocument> {
    return this.#blob('index', descriptor, decodeIndex);
  }

  manifest(descriptor: Descriptor): ReadDocument<Manifest> {
    return this.#blob('manifest', descriptor, decodeManifest);
  }

  config(descriptor: Descriptor): ReadDocument<ImageConfig> {
    return this.#blob('config', descriptor, decodeConfig);
  }

  /** A config by its name, as a docker-archive has it. */
  configAt(path: string): ReadDocument<ImageConfig> {
    const { name } = this.#files;
    return this.#once(`at ${this.#files.identify(path) ?? path}`, () => {
      const bytes = this.bytesAt(path) ?? missing(this.#files, path);
      return { bytes, digest: sha256Digest(bytes), document: decodeConfig(bytes, `${name}: ${path}`) };
    });
  }

  /** A small file in one piece; null when it is not there. Errors: LIMIT_EXCEEDED, UNREADABLE. */
  bytesAt(path: string): Buffer | null {
    const source = this.#files.open(path);
    if (source === null) return null;
    try {
      if (source.sizeBytes > METADATA_LIMIT_BYTES) {
        throw new MorselError(
          'LIMIT_EXCEEDED',
          `${this.#files.name}: ${path} is larger than ${METADATA_LIMIT_BYTES} bytes`,
          { hint: OVERSIZED_IMAGE_HINT },
        );
      }
      return source.read(0, source.sizeBytes);
    } finally {
      source.close();
    }
  }

  #blob<T>(
    kind: string,
    descriptor: Descriptor,
    decode: (bytes: Buffer, where: string) => T,
  ): ReadDocument<T> {
    const { digest, size } = descriptor;
    const { name } = this.#files;
    const found = this.#once(`${kind} ${digest}`, () => {
      const bytes = readVerifiedBlob(openBlobFile(this.#files, descriptor), descriptor, name);
      return { bytes, digest, document: decode(bytes, `${name}: ${kind} ${digest}`) };
    });
    if (found.bytes.length === size) return found;
    throw new MorselError(
      'DIGEST_MISMATCH',
      `${name}: the blob ${digest} has ${found.bytes.length} bytes, a descriptor says ${size}`,
      { hint: DAMAGED_IMAGE_HINT, details: { digest } },
    );
  }

  #once<T>(key: string, read: () => ReadDocument<T>): ReadDocument<T> {
    const known = this.#read.get(key) as ReadDocument<T> | undefined;
    if (known !== undefined) return known;
    const made = read();
    this.#bytes += made.bytes.length;
    if (this.#bytes > DOCUMENTS_LIMIT_BYTES) {
      throw new MorselError(
        'LIMIT_EXCEEDED',
        `${this.#files.name}: its manifests and configs have more than ${DOCUMENTS_LIMIT_BYTES} bytes together`,
        { hint: SEVERAL_IMAGES_HINT },
      );
    }
    this.#read.set(key, made);
    return made;
  }
}

export function openBlobFile(files: ImageFiles, descriptor: Descriptor): ByteSource {
  return files.open(blobPath(descriptor.digest)) ?? missing(files, `the blob ${descriptor.digest}`);
}

/** Error: IMAGE_INVALID, always. */
export function missing(files: ImageFiles, what: string): never {
  throw new MorselError('IMAGE_INVALID', `${files.name}: ${what} is missing`, {
    hint: 'the image is incomplete: copy, save or build it again',
  });
}
