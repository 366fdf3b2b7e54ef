/**
 * morsel as a library: everything that the command line does, typed, silent, and cancellable. Nothing here prints;
 * progress comes as events (`onEvent`), expected failures as `MorselError`. Importing this file loads almost nothing:
 * each function loads its own part when it is called first.
 */
import type { CacheListing, CacheOptions, PrunedCache, PruneOptions } from './cache/index.ts';
import type {
  BuildOptions,
  BuildResult,
  Configuration,
  ConfigurationFields,
  InitConfigurationOptions,
  RungPlan,
} from './pipeline/index.ts';
import type { CompareOptions, Comparison } from './compare/index.ts';
import type { EngineName } from './core/choices.ts';
import type { DiagnoseOptions, DoctorReport } from './doctor/index.ts';
import type { Explanation, ExplainTargetOptions } from './explain/index.ts';

import type { FileReport, InspectOptions, TreeReport } from './inspect/index.ts';
import type { LddOptions, LddResult } from './loader/index.ts';
import type { Descriptor, Platform } from './oci/descriptor.ts';
import type { LoadedImage, LoadOptions } from './places/index.ts';
import type { OpenImageOptions as ReadOptions } from './places/open-image.ts';
import type { CopiedImage, CopyBetweenOptions as CopyOptions } from './transfer/copy-between.ts';
import type { RegistryVerbOptions } from './transfer/registry-verbs.ts';
import type { LoginOptions } from './registry/authorization/login.ts';
import type { ProveOptions, Receipt } from './proof/index.ts';
import type { ApplyOptions, ResolvedDocuments, ResolveOptions } from './resolve/index.ts';
import type { RunImageOptions, RunImageResult } from './run/index.ts';

export type {
  BuildOptions,
  BuildResult,
  Configuration,
  ConfigurationFields,
  InitConfigurationOptions,
  PlannedImage,
  PlatformResult,
  RungPlan,
  Timings,
} from './pipeline/index.ts';
export type { CacheEntry, CacheListing, CacheOptions, PrunedCache, PruneOptions } from './cache/index.ts';
export type { CompareOptions, Comparison, ComparisonRow } from './compare/index.ts';
export { type ErrorCode, MorselError } from './core/errors.ts';
export type { EventSink, MorselEvent } from './core/events.ts';
export type { Finding } from './core/finding.ts';
export { EXIT, EXIT_CODE } from './core/exit-codes.ts';
export { VERSION } from './core/version.ts';
export type { DiagnoseOptions, DoctorReport, SandboxDiagnosis, ToolDiagnosis } from './doctor/index.ts';
export type { Cause, Explanation } from './explain/index.ts';
export type { ExplainTargetOptions as ExplainOptions } from './explain/index.ts';
export type { Evidence, ImageFile, ImageProgram, ProofSummary, RejectedRung } from './evidence/index.ts';
export type { FileReport, InspectOptions, TreeElfFile, TreeReport } from './inspect/index.ts';
export type { LddOptions, LddResult } from './loader/index.ts';
export type { LddReport, NeededNode } from './loader/index.ts';
export type { LoadedImage } from './places/index.ts';
export type { OpenImageOptions as ReadOptions } from './places/open-image.ts';
export type { CopiedImage, CopyBetweenOptions as CopyOptions } from './transfer/copy-between.ts';
export type { RegistryVerbOptions } from './transfer/registry-verbs.ts';
export type { LoginOptions } from './registry/authorization/login.ts';
export type { ProveOptions, Receipt } from './proof/index.ts';
export type { ApplyOptions, ResolvedDocuments, ResolvedImage, ResolveOptions } from './resolve/index.ts';
export type { RunImageOptions, RunImageResult } from './run/index.ts';

/**
 * Builds the smallest image of a program that is proven to run, and writes it. Errors: NO_PROJECT, AMBIGUOUS_PROJECT,
 * NOT_AN_EXECUTABLE, CONFIG_INVALID and USAGE before anything is done; COMPILE_FAILED, TOOLCHAIN_MISSING, PROOF_FAILED
 * and WONT_RUN when no rung is left; SIZE_EXCEEDED; SANDBOX_MISSING with `requireProof`; WRITE_FAILED; DISK_FULL;
 * INTERRUPTED. On any of them nothing is written.
 */
export async function build(options: BuildOptions = {}): Promise<BuildResult> {
  return (await import('./pipeline/index.ts')).build(options);
}

/** What `build` would run for each rung, without running it. Errors: as `build`, before anything is done. */
export async function planBuild(options: BuildOptions = {}): Promise<readonly RungPlan[]> {
  return (await import('./pipeline/index.ts')).planBuild(options);
}

/**
 * The engine that `loadIntoEngine` takes: docker where its daemon answers, else podman, or only the one that is asked for.
 * Errors: ENGINE_FAILED, TOOLCHAIN_MISSING, INTERRUPTED.
 */
export async function chooseEngine(
  options: { readonly engine?: EngineName | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<EngineName> {
  return (await import('./places/index.ts')).chooseEngine(options);
}

/**
 * Loads an image into docker or podman: a whole archive, or one image of a layout or an archive with several
 * (`oci:DIR:NAME`). Errors: ENGINE_FAILED, TOOLCHAIN_MISSING, INTERRUPTED, those of reading an image.
 */
export async function loadIntoEngine(path: string, options: LoadOptions = {}): Promise<LoadedImage> {
  return (await import('./places/index.ts')).loadIntoEngine(path, options);
}

/** Reads a `morsel.json`. Errors: NOT_FOUND, CONFIG_INVALID, UNREADABLE. */
export async function readConfigurationFile(path: string): Promise<Configuration> {
  return (await import('./pipeline/index.ts')).readConfigurationFile(path);
}

/**
 * Writes a `morsel.json` with comments beside a project, with what was detected, and answers its path. Errors: those of
 * detection; USAGE where one is there already; WRITE_FAILED.
 */
export async function initConfiguration(options: InitConfigurationOptions = {}): Promise<string> {
  return (await import('./pipeline/index.ts')).initConfiguration(options);
}

/** What a `morsel.json` may hold: each field, its type and what it means. */
export async function configurationFields(): Promise<ConfigurationFields> {
  return (await import('./pipeline/index.ts')).configurationFields();
}

/**
 * The program over base x libc x linkage: every row written, measured and run. Errors: as `build`, before anything is
 * done; NOT_FOUND and IMAGE_INVALID of a base; DISK_FULL; INTERRUPTED.
 */
export async function compare(options: CompareOptions = {}): Promise<Comparison> {
  return (await import('./compare/index.ts')).compare(options);
}

/** What morsel keeps in its cache, the largest first. Error: INTERRUPTED. */
export async function listCache(options: CacheOptions = {}): Promise<CacheListing> {
  return (await import('./cache/index.ts')).listCache(options);
}

/** Removes from the cache what was not used for some time. Errors: USAGE, WRITE_FAILED, INTERRUPTED. */
export async function pruneCache(options: PruneOptions = {}): Promise<PrunedCache> {
  return (await import('./cache/index.ts')).pruneCache(options);
}

/** What this machine has and lacks: toolchains found, sandboxes really tried. Error: INTERRUPTED. */
export async function diagnose(options: DiagnoseOptions = {}): Promise<DoctorReport> {
  return (await import('./doctor/index.ts')).diagnose(options);
}

/**
 * Why a container does not start: from an image, an error text, or both. Errors: USAGE with neither, NOT_FOUND,
 * IMAGE_INVALID, TAR_INVALID.
 */
export async function explain(options: ExplainTargetOptions): Promise<Explanation> {
  return (await import('./explain/index.ts')).explainTarget(options);
}

/**
 * Linkage, libc, needs and verdicts of an ELF file, or of every ELF file of a directory, archive or layout. Errors:
 * NOT_FOUND, UNREADABLE, ELF_INVALID, TAR_INVALID, IMAGE_INVALID, LIMIT_EXCEEDED.
 */
export async function inspect(path: string, options: InspectOptions = {}): Promise<FileReport | TreeReport> {
  return (await import('./inspect/index.ts')).inspect(path, options);
}

/** Whether a text means a place where an image or a file is, and not an error text. Throws nothing. */
export async function isLocation(text: string): Promise<boolean> {
  return (await import('./places/index.ts')).isLocation(text);
}

/** What `ldd` prints, of each file. Errors: NOT_FOUND, UNREADABLE, NOT_AN_EXECUTABLE, ELF_INVALID. */
export async function ldd(paths: readonly string[], options: LddOptions = {}): Promise<readonly LddResult[]> {
  return (await import('./loader/index.ts')).ldd(paths, options);
}

/** Runs the checks of an image and writes the receipt. Errors: IMAGE_INVALID, DIGEST_MISMATCH, CONFIG_INVALID, WRITE_FAILED. */
export async function prove(
  options: ProveOptions,
): Promise<{ readonly receipt: Receipt; readonly path: string }> {
  return (await import('./proof/index.ts')).prove(options);
}

/** Runs an image on this process's own stdin, stdout and stderr. Errors: IMAGE_INVALID, SANDBOX_MISSING, USAGE. */
export async function runImage(options: RunImageOptions): Promise<RunImageResult> {
  return (await import('./run/index.ts')).runImage(options);
}

/**
 * An image, or an index with all its images, from one place to another: registry, OCI layout, archive, engine. Its digest
 * stays. Errors: USAGE, REGISTRY, NETWORK, ENGINE_FAILED, those of reading an image and of writing one.
 */
export async function copy(from: string, to: string, options: CopyOptions = {}): Promise<CopiedImage> {
  return (await import('./transfer/index.ts')).copy(from, to, options);
}

/** The same to several places: each with the digest there, `ghcr.io/me/hello:1@sha256:…`. Errors: those of `copy`. */
export async function copyToEach(
  from: string,
  places: readonly string[],
  options: CopyOptions = {},
): Promise<readonly string[]> {
  return (await import('./transfer/index.ts')).copyToEach(from, places, options);
}

/** The tags of a repository. Errors: USAGE, REGISTRY, NETWORK, INTERRUPTED. */
export async function listTags(
  repository: string,
  options: RegistryVerbOptions = {},
): Promise<readonly string[]> {
  return (await import('./transfer/index.ts')).listTags(repository, options);
}

/** The image of a registry gets one more tag; answers its digest. Errors: USAGE, REGISTRY, NETWORK, INTERRUPTED. */
export async function tagImage(
  name: string,
  tag: string,
  options: RegistryVerbOptions = {},
): Promise<Descriptor['digest']> {
  return (await import('./transfer/index.ts')).tagImage(name, tag, options);
}

/** Takes a tag, or an image with all its tags, from a registry. Errors: USAGE, REGISTRY, NETWORK, INTERRUPTED. */
export async function removeImage(name: string, options: RegistryVerbOptions = {}): Promise<void> {
  return (await import('./transfer/index.ts')).removeImage(name, options);
}

/** What a name stands for, at any place: of an index, the index. Errors: as `readManifest`. */
export async function imageDigest(place: string, options: ReadOptions = {}): Promise<Descriptor['digest']> {
  return (await import('./transfer/index.ts')).imageDigest(place, options);
}

/** The bytes of an image's manifest; of an index, the index, unless a platform is asked for. Errors: those of reading. */
export async function readManifest(place: string, options: ReadOptions = {}): Promise<Buffer> {
  return (await import('./transfer/index.ts')).readManifest(place, options);
}

/** The bytes of an image's config. Errors: those of reading an image. */
export async function readConfig(place: string, options: ReadOptions = {}): Promise<Buffer> {
  return (await import('./transfer/index.ts')).readConfig(place, options);
}

/**
 * The bytes of one file of an image, as its container would see it: layers applied, links followed inside. Errors: NOT_FOUND
 * where no file is, USAGE for a directory, UNSUPPORTED for a device, those of reading an image.
 */
export async function readImageFile(
  place: string,
  path: string,
  options: ReadOptions = {},
): Promise<AsyncIterable<Buffer>> {
  return (await import('./transfer/index.ts')).readImageFile(place, path, options);
}

/**
 * Builds and pushes each `morsel://PATH` of YAML documents, and answers the documents with the names of what was pushed, which
 * carry its digest. Errors: CONFIG_INVALID with the line, NOT_FOUND, USAGE before anything is built; those of `build` and `copy`.
 */
export async function resolve(options: ResolveOptions): Promise<ResolvedDocuments> {
  return (await import('./resolve/index.ts')).resolve(options);
}

/**
 * Hands documents to `kubectl apply -f -`, on this process's own stdout and stderr. Errors: TOOLCHAIN_MISSING without kubectl,
 * ENGINE_FAILED where it fails, INTERRUPTED.
 */
export async function apply(documents: string, options: ApplyOptions = {}): Promise<void> {
  return (await import('./resolve/index.ts')).apply(documents, options);
}

/** Whether `apply` could begin. Error: TOOLCHAIN_MISSING. */
export async function requireKubectl(): Promise<string> {
  return (await import('./resolve/index.ts')).requireKubectl();
}

/** Keeps a name and a password for a registry where docker does, and answers where. Errors: REGISTRY, NETWORK, WRITE_FAILED. */
export async function login(options: LoginOptions): Promise<string> {
  return (await import('./transfer/index.ts')).login(options);
}

/** Forgets them; null where there were none. Errors: CONFIG_INVALID, WRITE_FAILED. */
export async function logout(registry: string): Promise<string | null> {
  return (await import('./transfer/index.ts')).logout(registry);
}

/** Where `push` sends an image: the names that are given, else those that it has. Errors: USAGE, those of reading an image. */
export async function pushTargets(
  image: string,
  names: readonly string[] = [],
  signal?: AbortSignal,
): Promise<readonly string[]> {
  return (await import('./transfer/index.ts')).pushTargets(image, names, signal);
}

/** Names below a repository, as MORSEL_DOCKER_REPO has it: `hello:1` is `REPOSITORY/hello:1`. Error: USAGE. */
export async function targetsBelow(repository: string, names: readonly string[]): Promise<readonly string[]> {
  return (await import('./transfer/index.ts')).targetsBelow(repository, names);
}

/** What `pull` copies, where to, and for which platform, unless told otherwise. Error: USAGE. */
export async function pullSource(
  name: string,
): Promise<{ readonly source: string; readonly archive: string; readonly platform: string }> {
  return (await import('./transfer/index.ts')).pullSource(name);
}

/** `linux/arm64/v8`. Error: USAGE. */
export async function parsePlatform(text: string): Promise<Platform> {
  return (await import('./oci/index.ts')).parsePlatform(text);
}
