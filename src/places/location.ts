import type { EngineName } from '../core/choices.ts';
import { formatRegistryReference, type RegistryReference } from '../registry/index.ts';

/** A container of images: which one is meant is said by its name, or by the digest of its manifest. */
interface ContainerLocation<Kind extends string> {
  readonly kind: Kind;
  readonly path: string;
  /** Absent: the only image there, or the only one for this machine. */
  readonly name?: string | undefined;
}

/** One tar, compressed or not: read by its `index.json` (OCI), or by its `manifest.json` where it has none. */
type ArchiveLocation = ContainerLocation<'archive'>;
/** An OCI layout directory (image-spec/image-layout.md). */
type LayoutLocation = ContainerLocation<'layout'>;
/** What `docker save` writes, a tar or one that was unpacked: read by its `manifest.json`, whatever else is there. */
type DockerArchiveLocation = ContainerLocation<'docker-archive'>;

/** The files of a root, as debootstrap or `docker export` and tar make them: no image, so that it has no settings. */
interface RootLocation {
  readonly kind: 'root';
  readonly path: string;
}

/** One executable, or any other file that is no archive. */
interface FileLocation {
  readonly kind: 'file';
  readonly path: string;
}

/** An image of a registry, or an index of images. */
export interface RegistryLocation {
  readonly kind: 'registry';
  readonly reference: RegistryReference;
}

/** An image in an engine's own store, which the engine's command reads and writes. */
export interface EngineLocation {
  readonly kind: 'engine';
  readonly engine: EngineName;
  /** As the engine finds it: a name, an id, a digest. */
  readonly name: string;
}

/** An archive that comes by stdin: read once, to its end. */
export interface StdinLocation {
  readonly kind: 'stdin';
}

/** What is on this machine, at a path. */
export type PathLocation =
  ArchiveLocation | LayoutLocation | DockerArchiveLocation | RootLocation | FileLocation;

/** Where images and trees of files live. Made from text by `parseLocation`. */
export type Location = PathLocation | RegistryLocation | EngineLocation | StdinLocation;

/** What holds more than one file. */
export type TreeLocation = Exclude<Location, FileLocation>;

/** What holds images. */
export type ImageLocation = Exclude<TreeLocation, RootLocation>;

export type LocationKind = Location['kind'];

/** Prefixes of what has a path, as skopeo writes them (containers-transports(5)). */
export const TRANSPORTS = {
  oci: 'layout',
  'oci-archive': 'archive',
  'docker-archive': 'docker-archive',
} as const satisfies Readonly<Record<string, PathLocation['kind']>>;

/** Of an image in an engine; `docker-daemon` as skopeo writes it. */
export const ENGINE_TRANSPORT = {
  docker: 'docker-daemon',
  podman: 'podman',
} as const satisfies Readonly<Record<EngineName, string>>;

/** As every tool that reads an archive calls it; a file of that name is `./-`. */
export const STDIN = '-';

/** Of an image in a registry. */
export const REGISTRY_TRANSPORT = 'docker://';

/** The name of an image in a registry, as it is written with the transport or without. */
export function withoutTransport(text: string): string {
  return text.startsWith(REGISTRY_TRANSPORT) ? text.slice(REGISTRY_TRANSPORT.length) : text;
}

/** A registry's name has 255 characters and its tag 128 (distribution-spec). */
const NAME_LIMIT = 1024;

/** A name of an image, or the digest of its manifest. An error text, which may begin like a location, has spaces. */
export function isImageName(text: string): boolean {
  return text.length <= NAME_LIMIT && /^\w[\w.:@/+-]*$/.test(text);
}

/** What can be opened by its path; the others are fetched. */
export function hasPath<T extends Location>(location: T): location is Extract<T, PathLocation> {
  return 'path' in location;
}

/** As skopeo takes it; of an archive the form that every tool's archives have. */
export function skopeoName(location: ImageLocation): string {
  if (!hasPath(location)) return formatLocation(location);
  const { kind, path, name } = location;
  const transport = kind === 'layout' ? 'oci' : 'docker-archive';
  return [transport, path, ...(name === undefined ? [] : [name])].join(':');
}

/** The text of which `parseLocation` makes the same location. */
export function formatLocation(location: Location): string {
  if (location.kind === 'registry')
    return `${REGISTRY_TRANSPORT}${formatRegistryReference(location.reference)}`;
  if (location.kind === 'engine') return `${ENGINE_TRANSPORT[location.engine]}:${location.name}`;
  if (location.kind === 'stdin') return STDIN;
  const { kind, path } = location;
  if (kind === 'root' || kind === 'file') return path;
  const named = location.name === undefined ? path : `${path}:${location.name}`;
  return kind === 'archive' ? named : `${kind === 'layout' ? 'oci' : kind}:${named}`;
}
