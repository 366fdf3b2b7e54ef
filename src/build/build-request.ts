import { resolve } from 'node:path';
import { defaultCacheDirectory } from '../core/cache-directory.ts';
import { MorselError } from '../core/errors.ts';
import { type EventSink, ignoreEvents } from '../core/events.ts';
import { normaliseReference } from '../oci/index.ts';
import type { Project } from '../project/index.ts';
import type { Check } from '../proof/index.ts';
import type { SandboxName } from '../sandbox/index.ts';
import type { Rung, SizeProfile } from '../toolchain/index.ts';
import type { BuildOptions } from './build-options.ts';
import type { Configuration } from './configuration.ts';

/** Everything that a build needs to know, checked and with its defaults: the command line over `morsel.json`. */
export interface BuildRequest {
  readonly project: Project;
  /** The first name as the user wrote it: what the answer is called. */
  readonly name: string;
  /** As archives and layouts carry them: always with a tag. */
  readonly references: readonly string[];
  readonly output: { readonly kind: 'archive' | 'layout'; readonly path: string };
  readonly rungs: readonly Rung[] | null;
  readonly size: SizeProfile;
  readonly experimental: boolean;
  readonly compression: { readonly method: 'gzip' | 'zstd' | 'none'; readonly level: number | null };
  readonly run: RunConfiguration;
  readonly annotations: Readonly<Record<string, string>>;
  readonly add: readonly AddedPath[];
  readonly timeZone: string | null;
  readonly limits: { readonly maxImageBytes: number | null; readonly maxFiles: number | null };
  readonly checks: readonly Check[];
  readonly prove: 'default' | 'require' | 'skip';
  readonly sandbox: SandboxName | null;
  /** Of each command of a build; undefined: the toolchain's own. */
  readonly commandTimeoutMs: number | undefined;
  readonly sandboxBuild: boolean;
  /** Seconds. */
  readonly sourceDateEpoch: number;
  readonly cacheDirectory: string;
  readonly signal: AbortSignal | undefined;
  readonly onEvent: EventSink;
}

/** What goes into the image's `config` object. */
export interface RunConfiguration {
  /** null: the program itself. */
  readonly entrypoint: readonly string[] | null;
  readonly cmd: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
  readonly workdir: string | null;
  readonly expose: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly stopSignal: string | null;
}

export interface AddedPath {
  readonly source: string;
  readonly destination: string;
  readonly mode: number | null;
}

/** The user that distroless and Chainguard call `nonroot`. */
export const DEFAULT_USER = '65532:65532';

/** Merges and checks. Errors: USAGE, CONFIG_INVALID. */
export function resolveRequest(
  options: BuildOptions,
  configuration: Configuration,
  project: Project,
  checks: readonly Check[] = [],
): BuildRequest {
  const tags = options.tags ?? configuration.tags ?? [configuration.name ?? project.name];
  const [name] = tags;
  if (name === undefined)
    throw new MorselError('USAGE', 'an image needs a name', { hint: 'give one with -t NAME' });
  const references = tags.map(normaliseReference);
  return {
    project,
    name,
    references,
    output: parseOutput(options.output, references[0] ?? name),
    rungs: options.rungs ?? configuration.rungs ?? null,
    size: options.size ?? configuration.size ?? 'default',
    experimental: options.experimental ?? configuration.experimental ?? false,
    compression: { method: options.compression ?? 'gzip', level: options.compressionLevel ?? null },
    run: runConfiguration(options, configuration),
    annotations: { ...configuration.annotations, ...options.annotations },
    add: [
      ...(configuration.add ?? []).map((text) => parseAdd(text, project.directory)),
      ...(options.add ?? []).map((text) => parseAdd(text, process.cwd())),
    ],
    timeZone: parseTimeZone(options.timeZone ?? configuration.timeZone ?? null),
    limits: {
      maxImageBytes: configuration.limits?.maxImageBytes ?? null,
      maxFiles: configuration.limits?.maxFiles ?? null,
    },
    checks,
    prove: options.prove ?? 'default',
    sandbox: options.sandbox ?? null,
    commandTimeoutMs: parseTimeout(options.timeoutSeconds),
    // Never from `morsel.json`: a foreign project must not switch it off.
    sandboxBuild: options.sandboxBuild ?? false,
    sourceDateEpoch: options.sourceDateEpoch ?? environmentEpoch(),
    cacheDirectory: resolve(options.cacheDirectory ?? defaultCacheDirectory()),
    signal: options.signal,
    onEvent: options.onEvent ?? ignoreEvents,
  };
}

function runConfiguration(options: BuildOptions, configuration: Configuration): RunConfiguration {
  return {
    entrypoint: options.entrypoint ?? configuration.entrypoint ?? null,
    cmd: options.cmd ?? configuration.cmd ?? [],
    env: { ...configuration.env, ...options.env },
    user: parseUser(options.user ?? configuration.user ?? DEFAULT_USER),
    workdir: parseWorkdir(options.workdir ?? configuration.workdir ?? null),
    expose: (options.expose ?? configuration.expose ?? []).map(parsePort),
    labels: { ...configuration.labels, ...options.labels },
    stopSignal: options.stopSignal ?? configuration.stopSignal ?? null,
  };
}

/** A trailing slash means an OCI layout. By default the archive is named like the image, without registry and tag. */
function parseOutput(output: string | undefined, reference: string): BuildRequest['output'] {
  if (output === undefined) {
    const lastPart = reference.slice(reference.lastIndexOf('/') + 1);
    return { kind: 'archive', path: resolve(`${lastPart.slice(0, lastPart.indexOf(':'))}.tar`) };
  }
  if (output === '')
    throw new MorselError('USAGE', 'the output path is empty', { hint: 'give -o FILE.tar or -o DIR/' });
  return { kind: output.endsWith('/') ? 'layout' : 'archive', path: resolve(output) };
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

/** Numeric ids need no passwd file and cannot name the wrong user (hazards.md 3, row 26). */
function parseUser(text: string): string {
  const match = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(text);
  if (match === null) {
    throw new MorselError('USAGE', `user "${text}" is not UID[:GID]`, {
      hint: 'use numbers, such as 65532:65532',
    });
  }
  // With the uid alone, runtimes leave the group at 0.
  return `${match[1]}:${match[2] ?? match[1]}`;
}

/** image-spec config.md leaves a relative WorkingDir open, and engines take it differently. */
function parseWorkdir(text: string | null): string | null {
  if (text === null || text.startsWith('/')) return text;
  throw new MorselError('USAGE', `the working directory "${text}" is not absolute`, {
    hint: 'give a path in the image, such as /data',
  });
}

/** A name below /usr/share/zoneinfo: a POSIX rule such as `<+03>-3` has no file that could be packed. */
function parseTimeZone(text: string | null): string | null {
  if (text === null || /^[A-Za-z][\w+-]*(?:\/[\w+-]+){0,2}$/.test(text)) return text;
  throw new MorselError('USAGE', `"${text}" is not the name of a time zone`, {
    hint: 'such as Europe/Berlin; a rule such as CET-1CEST is set with --env TZ=…',
  });
}

function parsePort(text: string): string {
  const match = /^(\d{1,5})(?:\/(tcp|udp))?$/.exec(text);
  const port = Number(match?.[1]);
  if (match === null || port < 1 || port > 65535) {
    throw new MorselError('USAGE', `port "${text}" is not PORT[/tcp|udp]`, {
      hint: 'such as 8080 or 53/udp',
    });
  }
  return `${port}/${match[2] ?? 'tcp'}`;
}

function parseAdd(text: string, directory: string): AddedPath {
  const match = /^(.+?):(\/[^:]*)(?::(0?[0-7]{3,4}))?$/.exec(text);
  if (match === null) {
    throw new MorselError('USAGE', `--add "${text}" is not SRC:DST[:MODE]`, {
      hint: 'such as conf/app.toml:/etc/app.toml:0644; DST is absolute',
    });
  }
  const [, source = '', destination = '', mode] = match;
  return {
    source: resolve(directory, source),
    destination,
    mode: mode === undefined ? null : Number.parseInt(mode, 8),
  };
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
