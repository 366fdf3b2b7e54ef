import * as v from 'valibot';
import { MorselError } from '../core/errors.ts';
import type { ImageConfig } from './config.ts';
import type { Digest, DiffId } from './descriptor.ts';
import { isDigest } from './digest.ts';
import type { IndexDocument } from './index-document.ts';
import type { Manifest } from './manifest.ts';

/** Manifests, indexes and configs: what registries accept at most, too (distribution-spec suggests 4 MiB). */
export const METADATA_LIMIT_BYTES = 4 * 1024 * 1024;
/** Docker itself stops at 127 layers; overlayfs at 500. */
export const LAYERS_LIMIT = 1024;
/** Manifests in one index. */
export const INDEX_MANIFESTS_LIMIT = 4096;

const isSha256 = (input: unknown): boolean => typeof input === 'string' && isDigest(input);
const digest = v.custom<Digest>(isSha256, 'is no sha256 digest');
const diffId = v.custom<DiffId>(isSha256, 'is no sha256 digest');
const strings = v.record(v.string(), v.string());
const optionalStrings = v.optional(v.array(v.string()));
const optionalObjects = v.optional(v.record(v.string(), v.record(v.string(), v.never())));
const size = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const platform = v.looseObject({
  os: v.string(),
  architecture: v.string(),
  variant: v.optional(v.string()),
});

const descriptor = v.looseObject({
  mediaType: v.string(),
  digest,
  size,
  annotations: v.optional(strings),
  platform: v.optional(platform),
});

const manifest = v.looseObject({
  schemaVersion: v.literal(2),
  mediaType: v.optional(v.string()),
  config: descriptor,
  layers: v.pipe(v.array(descriptor), v.maxLength(LAYERS_LIMIT)),
  annotations: v.optional(strings),
});

const index = v.looseObject({
  schemaVersion: v.literal(2),
  mediaType: v.optional(v.string()),
  manifests: v.pipe(v.array(descriptor), v.maxLength(INDEX_MANIFESTS_LIMIT)),
  annotations: v.optional(strings),
});

const config = v.looseObject({
  architecture: v.string(),
  os: v.string(),
  variant: v.optional(v.string()),
  created: v.optional(v.string()),
  config: v.optional(
    v.looseObject({
      User: v.optional(v.string()),
      ExposedPorts: optionalObjects,
      Env: optionalStrings,
      Entrypoint: optionalStrings,
      Cmd: optionalStrings,
      Volumes: optionalObjects,
      WorkingDir: v.optional(v.string()),
      Labels: v.optional(strings),
      StopSignal: v.optional(v.string()),
    }),
  ),
  rootfs: v.looseObject({
    type: v.literal('layers'),
    diff_ids: v.optional(v.pipe(v.array(diffId), v.maxLength(LAYERS_LIMIT)), []),
  }),
});

const layout = v.looseObject({ imageLayoutVersion: v.string() });

const dockerManifest = v.pipe(
  v.array(
    v.looseObject({
      Config: v.string(),
      RepoTags: v.optional(v.array(v.string())),
      Layers: v.optional(v.pipe(v.array(v.string()), v.maxLength(LAYERS_LIMIT)), []),
    }),
  ),
  v.maxLength(INDEX_MANIFESTS_LIMIT),
);

/** One image of a docker-archive's `manifest.json`: paths inside the archive. */
export type DockerArchiveImage = v.InferOutput<typeof dockerManifest>[number];

/** The only ways from bytes to these types. `where` says whose bytes: `hello.tar: manifest`. Errors: IMAGE_INVALID. */
export function decodeManifest(bytes: Buffer, where: string): Manifest {
  return decode(manifest, bytes, where);
}

export function decodeIndex(bytes: Buffer, where: string): IndexDocument {
  return decode(index, bytes, where);
}

export function decodeConfig(bytes: Buffer, where: string): ImageConfig {
  return decode(config, bytes, where);
}

export function decodeLayoutVersion(bytes: Buffer, where: string): string {
  return decode(layout, bytes, where).imageLayoutVersion;
}

export function decodeDockerManifest(bytes: Buffer, where: string): readonly DockerArchiveImage[] {
  return decode(dockerManifest, bytes, where);
}

function decode<Schema extends v.GenericSchema>(
  schema: Schema,
  bytes: Buffer,
  where: string,
): v.InferOutput<Schema> {
  if (bytes.length > METADATA_LIMIT_BYTES) {
    throw new MorselError(
      'LIMIT_EXCEEDED',
      `${where} has ${bytes.length} bytes; the limit is ${METADATA_LIMIT_BYTES}`,
    );
  }
  let json: unknown;
  try {
    // Go writes `null` for what is not there; a reviver that gives undefined takes such fields out.
    json = JSON.parse(bytes.toString('utf8'), (_key, value: unknown) => (value === null ? undefined : value));
  } catch (cause) {
    throw new MorselError('IMAGE_INVALID', `${where} is not JSON`, { cause, hint: 'the image is damaged' });
  }
  const result = v.safeParse(schema, json, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue) ?? '(the document itself)';
  throw new MorselError('IMAGE_INVALID', `${where}: ${path}: ${issue.message}`, {
    details: { path },
    hint: 'the image is damaged, or made for another specification',
  });
}
