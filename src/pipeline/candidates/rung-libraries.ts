import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { MorselError } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import { readTextIfAny } from '../../core/read-small-file.ts';
import { statOrNull } from '../../core/stat-path.ts';
import { writeFileAtomically } from '../../core/write-file-atomically.ts';
import type { LibraryRequest } from '../../libraries/index.ts';
import type * as LibrariesModule from '../../libraries/index.ts';
import { libraryWishes, type SourceProject, type WrittenWish } from '../../project/index.ts';
import {
  type CompilePlan,
  type LibrarySysroot,
  makeDirectory,
  type Tools,
  toolchainsFor,
  wishesOfFailure,
} from '../../toolchain/index.ts';
import type { BuildRequest } from '../request/build-request.ts';
import { nameOfFound, namesOfWishes } from './library-names.ts';
import { librarySandbox } from './library-sandbox.ts';
import type { OrdinaryConfiguration } from './ordinary-configuration.ts';

/** The table and the builder are loaded where a project asks for a library. */
type Libraries = typeof LibrariesModule;

/** Codes that are no reason to go on without. */
const ENDS: ReadonlySet<string> = new Set(['INTERRUPTED', 'CONFIG_INVALID', 'DISK_FULL', 'WRITE_FAILED']);
const MEMORY_LIMIT_BYTES = 64 * 1024;

export interface RungLibrariesOptions {
  readonly request: BuildRequest;
  readonly project: SourceProject;
  readonly tools: Tools;
  /** Absolute; what was learned of a project is kept there. */
  readonly workDirectory: string;
}

/**
 * The libraries of a project for its static-musl rung, for which no distribution has them: what the project names, what its
 * ordinary configuration finds and uses, and what a build failed for want of. One compiler builds them for all languages
 * (decision 0023).
 */
export class RungLibraries {
  readonly #options: RungLibrariesOptions;
  readonly #wishes: readonly WrittenWish[];
  /** Names, and who asks. */
  readonly #asked = new Map<string, string | null>();
  #libraries: Promise<Libraries> | undefined;
  #sysroot: LibrarySysroot | null = null;

  constructor(options: RungLibrariesOptions) {
    this.#options = options;
    this.#wishes = libraryWishes(options.project);
  }

  /** What is built so far; null where nothing is wanted. */
  get sysroot(): LibrarySysroot | null {
    return this.#sysroot;
  }

  /** `readline 8.2 (asked by configure.ac:12)` */
  findings(inside: ReadonlySet<string>): readonly Finding[] {
    const all = this.#sysroot?.libraries.filter(({ name }) => inside.has(name)) ?? [];
    if (all.length === 0) return [];
    const named = all.map(({ name, version }) => `${name} ${version}${this.#reason(name)}`).join(', ');
    return [
      {
        level: 'info',
        message: `built from source and linked in: ${named}`,
        hint: '--no-libraries builds none; `dependencies` of morsel.json names versions and sources of your own',
      },
    ];
  }

  /** Who asks for a library; null for what others need. */
  askedBy(name: string): string | null {
    return this.#asked.get(name) ?? null;
  }

  /** What is known before anything is compiled. Errors: COMPILE_FAILED, CONFIG_INVALID, INTERRUPTED and others. */
  async begin(ordinary: OrdinaryConfiguration): Promise<void> {
    const { request, project } = this.#options;
    for (const { name } of request.settings.dependencies) this.#asked.set(name, 'morsel.json');
    for (const [name, by] of this.#remembered()) this.#asked.set(name, by);
    const isSingle = project.kind === 'c' && project.buildSystem === 'single';
    const ofFiles =
      this.#wishes.length === 0 ? new Map<string, WrittenWish>() : await this.#namesOf(this.#wishes);
    if (isSingle) this.#ask(ofFiles.keys());
    else if (ofFiles.size > 0 && isConfigured(project)) {
      const found = [...((await ordinary.found())?.found.values() ?? [])];
      const { rowsFor } = await this.#load();
      this.#ask(found.flatMap((name) => nameOfFound(name, rowsFor) ?? []));
    }
    await this.#provide();
  }

  /** Whether a build that failed, or came out with less, may do better now. Errors: as of `begin`. */
  async learn(error: unknown, plan: CompilePlan): Promise<boolean> {
    const before = this.#asked.size;
    const lost = lostOf(error);
    if (lost !== null) {
      const { rowsFor } = await this.#load();
      const names = lost.map((name) => nameOfFound(name, rowsFor));
      // With some of them it would be lost all the same.
      if (names.includes(null)) return false;
      this.#ask(names.flatMap((name) => name ?? []));
    } else {
      const { named, asked, isOfCrates } = wishesOfFailure(error, plan);
      const first = await this.#namesOf(named);
      this.#ask((first.size > 0 ? first : await this.#namesOf(asked)).keys());
      // Crates look for theirs side by side: all of them, so that the same sources give the same program.
      if (this.#options.project.kind === 'rust' && isOfCrates)
        this.#ask((await this.#namesOf(this.#wishes)).keys());
    }
    if (this.#asked.size === before) return false;
    await this.#provide(error);
    this.#remember();
    return true;
  }

  #ask(names: Iterable<string>): void {
    for (const name of names) if (!this.#asked.has(name)) this.#asked.set(name, null);
  }

  async #namesOf<W extends { kind: WrittenWish['kind']; name: string }>(
    wishes: readonly W[],
  ): Promise<ReadonlyMap<string, W>> {
    if (wishes.length === 0) return new Map();
    const { rowsFor } = await this.#load();
    return namesOfWishes(wishes, rowsFor);
  }

  async #provide(after?: unknown): Promise<void> {
    if (this.#asked.size === 0) return;
    const { request, tools } = this.#options;
    const { provideLibraries } = await this.#load();
    await this.#explain();
    const named = new Map(request.settings.dependencies.map((one) => [one.name, one]));
    const requests = [...this.#asked.keys()]
      .toSorted()
      .map((name): LibraryRequest => named.get(name) ?? { name });
    const [toolchain] = toolchainsFor({ language: 'c' }, 'static-musl', tools, request.platform.architecture);
    if (toolchain === undefined) return;
    try {
      this.#sysroot = await provideLibraries(requests, toolchain, {
        tools,
        cacheDirectory: request.cacheDirectory,
        lockFile: this.#lockFile(),
        offline: request.offline,
        timeoutMs: request.commandTimeoutMs,
        sandbox: request.sandboxBuild ? await librarySandbox(request.signal) : null,
        signal: request.signal,
        onEvent: request.onEvent,
      });
    } catch (error) {
      if (!(error instanceof MorselError) || ENDS.has(error.code)) throw error;
      throw this.#asLostRung(error, after);
    }
  }

  /** A library that cannot be had loses the rung. */
  #asLostRung(error: MorselError, after: unknown): MorselError {
    const why = after instanceof MorselError && lostOf(after) !== null ? `${after.message}; ` : '';
    return new MorselError(
      'COMPILE_FAILED',
      `${why}a library of it cannot be had for musl: ${error.message}`,
      {
        hint: error.hint,
        cause: error,
        details: { ...error.details },
      },
    );
  }

  /** Of whom morsel knows that files of its own are welcome. */
  #lockFile(): string | undefined {
    const { settings, libraryLock } = this.#options.request;
    const isWanted = settings.dependencies.length > 0 || statOrNull(libraryLock)?.isFile() === true;
    return isWanted ? libraryLock : undefined;
  }

  /** The place in the project's own files that asks for each. */
  async #explain(): Promise<void> {
    const places = await this.#namesOf(this.#wishes);
    for (const [name, by] of this.#asked) this.#asked.set(name, by ?? places.get(name)?.where ?? null);
  }

  #reason(name: string): string {
    const by = this.askedBy(name);
    return by === null ? '' : ` (asked by ${by})`;
  }

  #load(): Promise<Libraries> {
    return (this.#libraries ??= import('../../libraries/index.ts'));
  }

  get #memory(): string {
    return join(this.#options.workDirectory, 'libraries');
  }

  /** Learned by failures of a build of the same words and wishes: the next one need not fail again. */
  #remembered(): readonly (readonly [string, null])[] {
    const [key, ...names] = (readTextIfAny(this.#memory, MEMORY_LIMIT_BYTES) ?? '').trimEnd().split('\n');
    if (key !== this.#key()) return [];
    return names.filter((name) => /^[a-z0-9][a-z0-9+._-]*$/.test(name)).map((name) => [name, null] as const);
  }

  #remember(): void {
    makeDirectory(this.#options.workDirectory);
    writeFileAtomically(this.#memory, `${[this.#key(), ...this.#asked.keys()].join('\n')}\n`);
  }

  #key(): string {
    const { request } = this.#options;
    const text = JSON.stringify([this.#wishes, request.settings, request.platform]);
    return createHash('sha256').update(text).digest('hex');
  }
}

const isConfigured = (project: SourceProject): boolean =>
  project.kind === 'c' && ['autotools', 'cmake', 'meson'].includes(project.buildSystem);

/** Of `OrdinaryConfiguration.refuseFewer`. */
function lostOf(error: unknown): readonly string[] | null {
  const lost = error instanceof MorselError ? error.details?.['lost'] : undefined;
  return Array.isArray(lost) ? lost.filter((name) => typeof name === 'string') : null;
}
