import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { tarOf } from './archive-builder.ts';

/** Images in which every document and every digest can lie. Formats: image-spec, and docker's `save`. */
export interface HostileLayer {
  readonly tar: Buffer;
  /** gzip unless given. */
  readonly encode?: ((tar: Buffer) => Buffer) | undefined;
  readonly mediaType?: string | undefined;
  readonly diffId?: string | undefined;
}

export interface HostileImage {
  readonly layers: readonly HostileLayer[];
  /** Laid over `config` of the configuration: User, Env, Entrypoint … */
  readonly config?: object | undefined;
  /** Laid over the whole configuration, or its bytes. */
  readonly configuration?: object | Buffer | undefined;
  readonly manifest?: object | undefined;
  readonly index?: object | undefined;
}

/** Paths inside of an archive or a layout, with their bytes. */
export type ImageFiles = ReadonlyMap<string, Buffer>;

export const MEDIA = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  tar: 'application/vnd.oci.image.layer.v1.tar',
  gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
} as const;

export function sha256(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

export function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** Collects blobs by their digest and answers descriptors of them. */
export class Blobs {
  readonly files = new Map<string, Buffer>();

  add(mediaType: string, bytes: Buffer): { readonly mediaType: string; digest: string; size: number } {
    const digest = sha256(bytes);
    this.files.set(`blobs/sha256/${digest.slice('sha256:'.length)}`, bytes);
    return { mediaType, digest, size: bytes.length };
  }
}

/** The files of an OCI layout. */
export function layoutFiles(image: HostileImage, blobs = new Blobs()): ImageFiles {
  const layers = image.layers.map(({ tar, encode = gzip, mediaType }) =>
    blobs.add(mediaType ?? (encode === plain ? MEDIA.tar : MEDIA.gzip), encode(tar)),
  );
  const config = blobs.add(MEDIA.config, configurationOf(image));
  const manifest = blobs.add(
    MEDIA.manifest,
    json({ schemaVersion: 2, mediaType: MEDIA.manifest, config, layers, ...image.manifest }),
  );
  return new Map([
    ['oci-layout', Buffer.from('{"imageLayoutVersion":"1.0.0"}')],
    ['index.json', json({ schemaVersion: 2, manifests: [manifest], ...image.index })],
    ...blobs.files,
  ]);
}

/** The files of a `docker save` before engine 25: no OCI layout, paths instead of digests. */
export function dockerArchiveFiles(image: HostileImage, entries?: readonly object[]): ImageFiles {
  const layers = image.layers.map(({ tar, encode = plain }, index) => ({
    path: `${index}/layer.tar`,
    bytes: encode(tar),
  }));
  const entry = { Config: 'config.json', RepoTags: ['hostile:1'], Layers: layers.map(({ path }) => path) };
  return new Map([
    ['config.json', configurationOf(image)],
    ...layers.map(({ path, bytes }) => [path, bytes] as const),
    ['manifest.json', json(entries ?? [entry])],
  ]);
}

export function archiveBytes(files: ImageFiles): Buffer {
  return tarOf(...[...files].map(([name, content]) => ({ name, content })));
}

export function writeArchive(path: string, files: ImageFiles): string {
  writeFileSync(path, archiveBytes(files));
  return path;
}

export function writeLayout(directory: string, files: ImageFiles): string {
  rmSync(directory, { recursive: true, force: true });
  for (const [name, content] of files) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
  return directory;
}

export function gzip(tar: Buffer): Buffer {
  return gzipSync(tar, { level: 6 });
}

export function plain(tar: Buffer): Buffer {
  return tar;
}

function configurationOf({ layers, config, configuration }: HostileImage): Buffer {
  if (Buffer.isBuffer(configuration)) return configuration;
  return json({
    architecture: 'amd64',
    os: 'linux',
    config: { Entrypoint: ['/app'], ...config },
    rootfs: { type: 'layers', diff_ids: layers.map(({ tar, diffId }) => diffId ?? sha256(tar)) },
    ...configuration,
  });
}
