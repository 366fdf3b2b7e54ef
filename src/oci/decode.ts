import * as v from 'valibot';
import { MorselError } from '../core/errors.ts';
import { OVERSIZED_IMAGE_HINT } from './hints.ts';
import type { ImageConfig } from './config.ts';
import { checkConfigLimits } from './config-limits.ts';
import type { Digest, DiffId } from './descriptor.ts';
import { isDigest } from './digest.ts';
import type { IndexDocument } from './index-document.ts';
import { LAYOUT_FILE } from './image-layout.ts';
import type { Manifest } from './manifest.ts';
import { parseJson } from './parse-json.ts';

/** Docker itself stops at 127 layers; overlayfs at 500. */
export const LAYERS_LIMIT = 1024;
/** Manifests in one index. */
export const INDEX_MANIFESTS_LIMIT = 4096;
/** Of Env, Entrypoint and Cmd each; Kubernetes gives a container some hundred variables. */
export const CONFIG_WORDS_LIMIT = 16_384;
/** Of labels, annotations, volumes and names each. */
export const CONFIG_ENTRIES_LIMIT = 16_384;
/** As many as a protocol has; images for telephony do expose tens of thousands. */
const CONFIG_PORTS_LIMIT = 65_536;
/** Of what is a name: platform, user, signal, media type, tag. Longer than any, short enough for a message. */
const CONFIG_NAME_LIMIT_BYTES = 1024;

const isSha256 = (input: unknown): boolean => typeof input === 'string' && isDigest(input);
const digest = v.custom<Digest>(isSha256, 'is no sha256 digest');
const diffId = v.custom<DiffId>(isSha256, 'is no sha256 digest');
const name = v.pipe(v.string(), v.maxBytes(CONFIG_NAME_LIMIT_BYTES));
const optionalName = v.optional(name);
const strings = v.pipe(v.record(v.string(), v.string()), v.maxEntries(CONFIG_ENTRIES_LIMIT));
const optionalWords = v.optional(v.pipe(v.array(v.string()), v.maxLength(CONFIG_WORDS_LIMIT)));
const optionalKeys = (limit: number) =>
  v.optional(v.pipe(v.record(v.string(), v.record(v.string(), v.never())), v.maxEntries(limit)));
const size = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const platform = v.looseObject({ os: name, architecture: name, variant: optionalName });

/**
 * A document that is both a manifest and an index means one image to one tool and another to the next: image-spec
 * (manifest.md, "Guidelines") and containerd refuse it. CVE-2021-41190.
 */
function absent<Key extends string>(key: Key) {
  return { [key]: v.optional(v.never('belongs to another kind of document')) } as Record<
    Key,
    v.OptionalSchema<v.NeverSchema<string>, undefined>
  >;
}

const descriptor = v.looseObject({
  mediaType: name,
  digest,
  size,
  artifactType: optionalName,
  annotations: v.optional(strings),
  platform: v.optional(platform),
});

const manifest = v.looseObject({
  schemaVersion: v.literal(2),
  mediaType: optionalName,
  artifactType: optionalName,
  config: descriptor,
  layers: v.pipe(v.array(descriptor), v.maxLength(LAYERS_LIMIT)),
  subject: v.optional(descriptor),
  annotations: v.optional(strings),
  ...absent('manifests'),
});

const index = v.looseObject({
  schemaVersion: v.literal(2),
  mediaType: optionalName,
  manifests: v.pipe(v.array(descriptor), v.maxLength(INDEX_MANIFESTS_LIMIT)),
  annotations: v.optional(strings),
  ...absent('layers'),
  ...absent('config'),
});

const config = v.looseObject({
  architecture: name,
  os: name,
  variant: optionalName,
  created: optionalName,
  config: v.optional(
    v.looseObject({
      User: optionalName,
      ExposedPorts: optionalKeys(CONFIG_PORTS_LIMIT),
      Env: optionalWords,
      Entrypoint: optionalWords,
      Cmd: optionalWords,
      Volumes: optionalKeys(CONFIG_ENTRIES_LIMIT),
      WorkingDir: v.optional(v.string()),
      Labels: v.optional(strings),
      StopSignal: optionalName,
    }),
  ),
  rootfs: v.looseObject({
    type: v.literal('layers'),
    diff_ids: v.optional(v.pipe(v.array(diffId), v.maxLength(LAYERS_LIMIT)), []),
  }),
});

const layout = v.looseObject({ imageLayoutVersion: name });

const dockerManifest = v.pipe(
  v.array(
    v.looseObject({
      Config: v.string(),
      RepoTags: v.optional(v.pipe(v.array(name), v.maxLength(CONFIG_ENTRIES_LIMIT))),
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
  const decoded = decode(config, bytes, where);
  checkConfigLimits(decoded, where);
  return decoded;
}

/** `bytes` of the file `oci-layout` of what is called `name`. Errors: IMAGE_INVALID, UNSUPPORTED. */
export function checkLayoutVersion(bytes: Buffer, name: string): void {
  const { imageLayoutVersion: version } = decode(layout, bytes, `${name}: ${LAYOUT_FILE}`);
  if (version.startsWith('1.')) return;
  throw new MorselError('UNSUPPORTED', `${name} is an OCI layout of version ${version}; known is 1.0.0`, {
    hint: 'copy it with a tool that knows that version: skopeo copy',
  });
}

export function decodeDockerManifest(bytes: Buffer, where: string): readonly DockerArchiveImage[] {
  return decode(dockerManifest, bytes, where);
}

function decode<Schema extends v.GenericSchema>(
  schema: Schema,
  bytes: Buffer,
  where: string,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, parseJson(bytes, where), { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = cut(v.getDotPath(issue) ?? '(the document itself)');
  const isLimit = LIMIT_ISSUES.has(issue.type);
  throw new MorselError(
    isLimit ? 'LIMIT_EXCEEDED' : 'IMAGE_INVALID',
    `${where}: ${path}: ${cut(issue.message)}`,
    {
      details: { path },
      hint: isLimit
        ? OVERSIZED_IMAGE_HINT
        : 'the image is damaged, or made for another specification: copy or build it again',
    },
  );
}

/** Both quote keys and values of the document, which may have megabytes. */
function cut(text: string): string {
  return text.length <= QUOTE_LIMIT ? text : `${text.slice(0, QUOTE_LIMIT)}…`;
}

const QUOTE_LIMIT = 200;

const LIMIT_ISSUES: ReadonlySet<string> = new Set(['max_bytes', 'max_entries', 'max_length']);
