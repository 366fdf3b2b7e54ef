import { defaultRepository, REPOSITORY_VARIABLE } from '../core/default-repository.ts';
import { MorselError } from '../core/errors.ts';
import { targetsBelow } from '../transfer/index.ts';
import { buildImages, type ResolveBuildOptions, type ResolvedImage } from './build-images.ts';
import { findReferences, type ImageReference } from './find-references.ts';
import { type DocumentsFile, readDocuments } from './read-documents.ts';
import { joinDocuments, replaceReferences } from './replace-references.ts';

export interface ResolveOptions extends ResolveBuildOptions {
  /** Files, folders with .yaml, .yml and .json files, and `-` for stdin. */
  readonly files: readonly string[];
  /** The folders in a folder too; default false. */
  readonly recursive?: boolean | undefined;
  /** What `-` is; default: this process's own. */
  readonly stdin?: AsyncIterable<Uint8Array> | undefined;
  /** `ghcr.io/me`: an image is pushed as `ghcr.io/me/NAME:TAG`; default: MORSEL_DOCKER_REPO of the environment. */
  readonly repository?: string | undefined;
  /** Of registries: take plain http, and certificates that nobody vouches for. */
  readonly insecure?: boolean | undefined;
}

export interface ResolvedDocuments {
  /** All documents in one YAML stream: every character as it was, but for the references. */
  readonly documents: string;
  /** What was pushed, in the order in which it is written first. */
  readonly images: readonly ResolvedImage[];
}

/**
 * As `ko resolve`: each string `morsel://PATH` becomes the name, with its digest, of the image that was built of PATH, which is
 * taken from the current directory, and pushed. Errors: USAGE, CONFIG_INVALID with the line, NOT_FOUND, UNREADABLE,
 * LIMIT_EXCEEDED before anything is built; those of `build` and `copy`.
 */
export async function resolve(options: ResolveOptions): Promise<ResolvedDocuments> {
  const { files, recursive = false, stdin = process.stdin, insecure = false } = options;
  const read = await readDocuments(files, { recursive, stdin });
  const found: { readonly file: DocumentsFile; readonly references: readonly ImageReference[] }[] = [];
  for (const file of read) found.push({ file, references: await findReferences(file, options.signal) });
  const references = found.flatMap((one) => one.references);
  if (references.length === 0) return { documents: joinDocuments(read.map(({ text }) => text)), images: [] };
  const repository = repositoryOf(options);
  const images = await buildImages(references, { repository, insecure, build: buildOptionsOf(options) });
  const imageOf = (path: string): string => images.get(path)?.references[0] ?? '';
  const texts = found.map((one) => replaceReferences(one.file, one.references, imageOf));
  return { documents: joinDocuments(texts), images: [...new Set(images.values())] };
}

function repositoryOf({ repository = defaultRepository() }: ResolveOptions): string {
  if (repository === '')
    throw new MorselError('USAGE', 'nothing says where images are to be pushed', {
      hint: `set ${REPOSITORY_VARIABLE}=REGISTRY/NAME, below which each image is pushed by its own name`,
    });
  targetsBelow(repository, ['name']);
  return repository;
}

/** Whatever else a caller's object has. */
function buildOptionsOf(options: ResolveOptions): ResolveBuildOptions {
  const { platforms, size, prove, requireProof, sandbox, sandboxBuild, offline } = options;
  const { timeoutSeconds, signal, onEvent } = options;
  return {
    platforms,
    size,
    prove,
    requireProof,
    sandbox,
    sandboxBuild,
    offline,
    timeoutSeconds,
    signal,
    onEvent,
  };
}
