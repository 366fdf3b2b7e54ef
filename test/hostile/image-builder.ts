import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { json, RAW_TYPE, RawLayout, sha256 } from '../raw-layout.ts';
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
  ...RAW_TYPE,
  gzip: `${RAW_TYPE.layer}+gzip`,
  zstd: `${RAW_TYPE.layer}+zstd`,
} as const;

/** The files of an OCI layout. */
export function layoutFiles(image: HostileImage, blobs = new RawLayout()): ImageFiles {
  const layers = image.layers.map(({ tar, encode = gzip, mediaType }) =>
    blobs.blob(mediaType ?? (encode === plain ? MEDIA.layer : MEDIA.gzip), encode(tar)),
  );
  const config = blobs.blob(MEDIA.config, configurationOf(image));
  const manifest = blobs.blob(
    MEDIA.manifest,
    json({ schemaVersion: 2, mediaType: MEDIA.manifest, config, layers, ...image.manifest }),
  );
  return new Map([
    ...blobs.files,
    ['index.json', json({ schemaVersion: 2, manifests: [manifest], ...image.index })],
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
