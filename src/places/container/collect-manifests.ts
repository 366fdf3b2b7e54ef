import { MorselError } from '../../core/errors.ts';
import { SEVERAL_IMAGES_HINT, isIndexMediaType, isManifestMediaType } from '../../oci/index.ts';
import type { Turns } from '../../core/turns.ts';
import type { ContainerDocuments } from './container-documents.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { REF_NAME } from './index-json.ts';

/** An index may hold indexes: `index.json` -> multi-platform index -> manifests is the deepest that tools write. */
const INDEX_DEPTH_LIMIT = 4;
/** Images of one container that are opened; each costs its manifest and its config. */
export const IMAGES_LIMIT = 1024;
/** Descriptors looked at in all: each image on a dozen platforms with its attestations stays far below. */
export const DESCRIPTORS_LIMIT = 65_536;

export interface ManifestAt {
  readonly descriptor: Descriptor;
  /** Every name that leads to it. */
  readonly references: ReadonlySet<string>;
}

interface Pending {
  readonly descriptor: Descriptor;
  readonly reference: string | undefined;
  readonly depth: number;
}

/**
 * The manifests below the descriptors of `index.json`, in their order. An index is walked once for each name that leads to
 * it: in a small file each of 4,000 descriptors may name the next index of 4,000, four levels deep.
 * Errors: LIMIT_EXCEEDED, IMAGE_INVALID, DIGEST_MISMATCH, INTERRUPTED.
 */
export async function collectManifests(
  name: string,
  documents: ContainerDocuments,
  top: readonly Descriptor[],
  turns: Turns,
): Promise<readonly ManifestAt[]> {
  const walk = new IndexWalk(name);
  walk.push(top, undefined, 0);
  for (let next = walk.pop(); next !== undefined; next = walk.pop()) {
    const { descriptor, reference, depth } = next;
    if (isIndexMediaType(descriptor.mediaType)) {
      if (!walk.isNew(next)) continue;
      await turns.take();
      walk.push(documents.index(descriptor).document.manifests, reference, depth + 1);
    } else if (isManifestMediaType(descriptor.mediaType) && !isAttestation(descriptor)) {
      walk.add(descriptor, reference);
    }
  }
  return walk.found();
}

/** What is still to be looked at, what has been, and what was found; each of them bounded. */
class IndexWalk {
  readonly #name: string;
  readonly #pending: Pending[] = [];
  readonly #walked = new Set<string>();
  readonly #found = new Map<string, { readonly descriptor: Descriptor; readonly references: Set<string> }>();
  #seen = 0;

  /** `name` of the container, for messages. */
  constructor(name: string) {
    this.#name = name;
  }

  push(descriptors: readonly Descriptor[], outer: string | undefined, depth: number): void {
    if (depth > INDEX_DEPTH_LIMIT)
      throw exceeded(this.#name, `nests indexes deeper than ${INDEX_DEPTH_LIMIT}`);
    this.#seen += descriptors.length;
    if (this.#seen > DESCRIPTORS_LIMIT)
      throw exceeded(this.#name, `has more than ${DESCRIPTORS_LIMIT} descriptors`);
    for (const descriptor of descriptors.toReversed())
      this.#pending.push({ descriptor, reference: descriptor.annotations?.[REF_NAME] ?? outer, depth });
  }

  pop(): Pending | undefined {
    return this.#pending.pop();
  }

  /** Whether this index has not been walked yet under this name. */
  isNew({ descriptor, reference }: Pending): boolean {
    const before = this.#walked.size;
    this.#walked.add(`${descriptor.digest} ${reference ?? ''}`);
    return this.#walked.size > before;
  }

  add(descriptor: Descriptor, reference: string | undefined): void {
    const known = this.#found.get(descriptor.digest) ?? { descriptor, references: new Set<string>() };
    if (known.descriptor.size !== descriptor.size) throw disagreement(this.#name, descriptor);
    if (reference !== undefined) known.references.add(reference);
    this.#found.set(descriptor.digest, known);
    if (this.#found.size > IMAGES_LIMIT) throw exceeded(this.#name, `holds more than ${IMAGES_LIMIT} images`);
  }

  found(): readonly ManifestAt[] {
    return [...this.#found.values()];
  }
}

/** BuildKit puts provenance beside images as manifests of the platform unknown/unknown. */
export function isAttestation({ platform, annotations }: Descriptor): boolean {
  return (
    annotations?.['vnd.docker.reference.type'] === 'attestation-manifest' ||
    (platform?.os === 'unknown' && platform.architecture === 'unknown')
  );
}

function disagreement(name: string, { digest }: Descriptor): MorselError {
  return new MorselError('IMAGE_INVALID', `${name}: two descriptors give ${digest} different sizes`, {
    hint: 'the index is damaged: copy or build the image again',
  });
}

function exceeded(name: string, what: string): MorselError {
  return new MorselError('LIMIT_EXCEEDED', `${name} ${what}`, {
    hint: SEVERAL_IMAGES_HINT,
  });
}
