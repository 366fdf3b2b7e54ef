import { realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { defaultCacheDirectory } from '../../core/cache-directory.ts';
import { MorselError } from '../../core/errors.ts';
import { isDirectory } from '../../core/stat-path.ts';
import { type EventSink, ignoreEvents } from '../../core/events.ts';
import { normaliseReference, type Platform } from '../../oci/index.ts';
import type { WritableLocation } from '../../places/index.ts';
import type { JsonSource } from '../../json/index.ts';
import type { Project, ProjectSettings } from '../../project/index.ts';
import type { Check } from '../../proof/index.ts';
import type {
  Allocator,
  Compression,
  ProofStrength,
  Rung,
  SandboxName,
  SizeProfile,
} from '../../core/choices.ts';

import type { Authority } from './authorities.ts';
import { type AddedPath, parseTypedAdd } from './added-paths.ts';
import type { BuildOptions } from './build-options.ts';
import { checkConfiguration } from './check-configuration.ts';
import type { Configuration } from './parse-configuration.ts';
import { type NeedChoices, needChoices } from './need-choices.ts';
import { parseOutput } from './output-location.ts';
import { projectSettings } from './project-settings.ts';
import { TAGS_LIMIT } from './limits.ts';
import { type DebugTwinRequest, parseDebugTwin } from './debug-twin.ts';
import { parseStackSize } from './stack-size.ts';
import { parseTimeZone } from './time-zone.ts';
import { environmentNotes } from './environment-notes.ts';
import { choosePlatforms } from './platforms.ts';
import { parseProgramPath } from './program-path.ts';
import { parseNames, type RunConfiguration, runSettings } from './run-settings.ts';

/** Everything that a build needs to know, checked and with its defaults: the command line over `morsel.json`. */
export interface BuildRequest {
  readonly project: Project;
  /** The first name as the user wrote it: what the answer is called. */
  readonly name: string;
  /** As archives and layouts carry them: always with a tag. */
  readonly references: readonly string[];
  readonly output: WritableLocation;
  /** As what an image is written before it is published: as the output, and of several platforms each as a layout. */
  readonly stagedAs: WritableLocation['kind'];
  /** What the program is compiled for: of several, the one whose image is made. */
  readonly platform: Platform;
  /** All that were asked for, each once. */
  readonly platforms: readonly [Platform, ...Platform[]];
  /** Who has: `--platform`, or a variable of the environment, as `GOARCH=arm64`; null: nobody, and it is this machine's. */
  readonly platformsBy: string | null;
  /** Absolute: out of which libraries and files are taken; null: this machine. */
  readonly root: string | null;
  readonly rungs: readonly Rung[] | null;
  readonly size: SizeProfile;
  /** How the project is compiled, beyond what its own files say. */
  readonly settings: ProjectSettings;
  readonly experimental: boolean;
  readonly compression: { readonly method: Compression; readonly level: number | null };
  readonly run: RunConfiguration;
  /** Of threads on musl; null: what the toolchain sets. */
  readonly stackSizeBytes: number | null;
  /** null: the C library's own. */
  readonly allocator: Allocator | null;
  /** The same image with tools, beside it; null: none. */
  readonly debugTwin: DebugTwinRequest | null;
  /** Where the program is put (`--path`); null: where it belongs (`plan/program-place.ts`). */
  readonly programPath: string | null;
  /** Directories of the builder's own LD_LIBRARY_PATH: libraries are looked for there last. */
  readonly builderLibraryPath: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
  readonly add: readonly AddedPath[];
  readonly timeZone: string | null;
  readonly needs: NeedChoices;
  /** Whom the image is to trust beside the public authorities. */
  readonly authorities: readonly Authority[];
  readonly limits: { readonly maxImageBytes: number | null; readonly maxFiles: number | null };
  readonly checks: readonly Check[];
  readonly prove: 'default' | 'skip';
  /** null: any will do. */
  readonly requireProof: ProofStrength | null;
  readonly evidence: boolean;
  readonly sandbox: SandboxName | null;
  /** Of each command of a build; undefined: the toolchain's own. */
  readonly commandTimeoutMs: number | undefined;
  readonly sandboxBuild: boolean;
  /** Libraries that a rung's C library lacks are built. */
  readonly libraries: boolean;
  /** Nothing is fetched. */
  readonly offline: boolean;
  /** Absolute; which sources the libraries of this project are built of. */
  readonly libraryLock: string;
  /** Seconds. */
  readonly sourceDateEpoch: number;
  readonly cacheDirectory: string;
  readonly signal: AbortSignal | undefined;
  readonly onEvent: EventSink;
}

/** What a `morsel.json` says beyond its own fields. */
export interface ConfigurationContext {
  readonly checks?: readonly Check[];
  readonly authorities?: readonly Authority[];
  /** Where it lies: out of there it names no files. Default: the project's directory. */
  readonly folder?: string;
  /** Where its fields stand, for what is wrong with them. */
  readonly source?: JsonSource | null;
}

/**
 * Merges and checks. Errors: USAGE; CONFIG_INVALID for what the configuration says, wherever else it would be USAGE;
 * NOT_FOUND and UNREADABLE for a path of its `add`.
 */
export function resolveRequest(
  options: BuildOptions,
  configuration: Configuration,
  project: Project,
  { checks = [], authorities = [], folder = project.directory, source = null }: ConfigurationContext = {},
): BuildRequest {
  const { add: addedByProject } = checkConfiguration({ fields: configuration, source }, project, folder);
  const tags = tagsOf(options, configuration, project);
  const [name] = tags;
  const references = tags.map(normaliseReference);
  const { platforms, by: platformsBy } = choosePlatforms(options.platforms, project, process.env);
  const notes = environmentNotes(project, { by: platformsBy }, process.env);
  const output = parseOutput(options.output, references[0] as string);
  return {
    project: notes.length === 0 ? project : { ...project, notes: [...(project.notes ?? []), ...notes] },
    name,
    references,
    output,
    stagedAs: platforms.length === 1 ? output.kind : 'layout',
    platform: platforms[0],
    platforms,
    platformsBy,
    rungs: options.rungs ?? listedRungs(configuration.rungs) ?? null,
    size: options.size ?? configuration.size ?? 'default',
    settings: projectSettings(options, configuration, folder),
    libraryLock: join(folder, 'morsel.lock.json'),
    experimental: options.experimental ?? configuration.experimental ?? false,
    run: runSettings(options, configuration),
    stackSizeBytes: parseStackSize(options.stackSize ?? configuration.stackSize ?? null),
    allocator: options.allocator ?? configuration.allocator ?? null,
    programPath: parseProgramPath(options.programPath ?? configuration.programPath ?? null),
    annotations: parseNames('annotation', { ...configuration.annotations, ...options.annotations }),
    add: [...addedByProject, ...(options.add ?? []).map(parseTypedAdd)],
    timeZone: parseTimeZone(options.timeZone ?? configuration.timeZone ?? null),
    needs: needChoices(
      [...(configuration.with ?? []), ...(options.with ?? [])],
      [...(configuration.without ?? []), ...(options.without ?? [])],
      authorities.map(({ subject }) => subject),
    ),
    authorities,
    limits: {
      maxImageBytes: configuration.limits?.maxImageBytes ?? null,
      maxFiles: configuration.limits?.maxFiles ?? null,
    },
    checks,
    ...typedSettings(options),
  };
}

/** Of the command line and the environment alone: a foreign project's `morsel.json` decides none of them. */
function typedSettings(options: BuildOptions): Pick<BuildRequest, TypedSetting> {
  return {
    compression: { method: options.compression ?? 'gzip', level: options.compressionLevel ?? null },
    prove: options.prove === 'skip' ? 'skip' : 'default',
    requireProof: options.requireProof ?? (options.prove === 'require' ? 'start' : null),
    evidence: options.evidence ?? true,
    debugTwin: parseDebugTwin(options),
    sandbox: options.sandbox ?? null,
    root: parseRoot(options.root),
    commandTimeoutMs: parseTimeout(options.timeoutSeconds),
    sandboxBuild: options.sandboxBuild ?? false,
    libraries: options.libraries ?? true,
    offline: options.offline ?? false,
    sourceDateEpoch: options.sourceDateEpoch ?? environmentEpoch(),
    builderLibraryPath: builderLibraryPath(process.env['LD_LIBRARY_PATH'] ?? ''),
    cacheDirectory: resolve(options.cacheDirectory ?? defaultCacheDirectory()),
    signal: options.signal,
    onEvent: options.onEvent ?? ignoreEvents,
  };
}

type TypedSetting =
  | 'compression'
  | 'prove'
  | 'requireProof'
  | 'evidence'
  | 'debugTwin'
  | 'sandbox'
  | 'root'
  | 'commandTimeoutMs'
  | 'sandboxBuild'
  | 'libraries'
  | 'offline'
  | 'sourceDateEpoch'
  | 'builderLibraryPath'
  | 'cacheDirectory'
  | 'signal'
  | 'onEvent';

function tagsOf(
  options: BuildOptions,
  configuration: Configuration,
  project: Project,
): readonly [string, ...string[]] {
  const [first, ...more] = options.tags ?? configuration.tags ?? [configuration.name ?? project.name];
  if (first === undefined)
    throw new MorselError('USAGE', 'an image needs a name', { hint: 'give one with -t NAME' });
  if (more.length < TAGS_LIMIT) return [first, ...more];
  throw new MorselError('LIMIT_EXCEEDED', `an image has at most ${TAGS_LIMIT} names`, {
    hint: 'give fewer with -t or `tags` of morsel.json',
  });
}

/** An object says what single rungs add, and leaves none out. */
function listedRungs(rungs: Configuration['rungs']): readonly Rung[] | undefined {
  return Array.isArray(rungs) ? rungs : undefined;
}

/** Timers of Node take 31 bits of milliseconds; a larger number would mean at once. */
const MAX_TIMEOUT_SECONDS = 2_147_483;

function parseTimeout(seconds: number | undefined): number | undefined {
  if (seconds === undefined) return undefined;
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_TIMEOUT_SECONDS) return seconds * 1000;
  throw new MorselError('USAGE', `${seconds} is no time limit for a command`, {
    hint: `give whole seconds from 1 to ${MAX_TIMEOUT_SECONDS}`,
  });
}

/** Error: NOT_FOUND. */
function parseRoot(root: string | undefined): string | null {
  if (root === undefined) return null;
  if (isDirectory(root)) return realpathSync(root);
  throw new MorselError('NOT_FOUND', `${root} is no directory to take libraries from`, {
    hint: 'give --root a folder with the files of a machine, such as debootstrap makes',
  });
}

/** As ld.so splits it; an empty element is the directory in which the build was started. */
function builderLibraryPath(text: string): readonly string[] {
  return text === '' ? [] : [...new Set(text.split(/[:;]/).map((directory) => resolve(directory)))];
}

/** https://reproducible-builds.org/specs/source-date-epoch/ */
function environmentEpoch(): number {
  const text = process.env['SOURCE_DATE_EPOCH'];
  if (text === undefined || text === '') return 0;
  if (!/^\d{1,11}$/.test(text)) {
    throw new MorselError('USAGE', `SOURCE_DATE_EPOCH is "${text}", not a number of seconds`, {
      hint: 'unset it or set it to seconds since 1970',
    });
  }
  return Number(text);
}
