import { lstatSync, renameSync, rmdirSync, unlinkSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { MorselError } from './errors.ts';
import { inside, type OpenDirectory, openDirectory } from './open-directory.ts';
import { randomName } from './random-name.ts';

/** Directories open at once, two descriptors each: `ulimit -n` is 1024 and less. */
const OPEN_LEVELS_LIMIT = 24;

interface Failure {
  readonly cause: unknown;
}

/** A directory that is being emptied, by its name in the one above it. */
interface Level {
  readonly directory: OpenDirectory;
  readonly name: string;
  /** Something of it went since its names were read from the start. */
  isChanged: boolean;
}

/**
 * Removes a directory with all that is in it, a file or a link; nothing there is no error. What is in it may have been
 * made by somebody hostile: links and mounts are never followed, each name is looked up in an open directory, modes
 * that forbid (0555, 0000) are changed, and neither depth nor number cost memory. What cannot be removed does not keep
 * the rest. Error: WRITE_FAILED with the first of these.
 */
export function removeTree(path: string): void {
  const whole = resolve(path);
  const failure = new Removal(Buffer.from(whole).toString('latin1')).run();
  if (failure === null) return;
  const code = (failure.cause as NodeJS.ErrnoException).code ?? 'unknown';
  throw new MorselError('WRITE_FAILED', `${whole} cannot be removed whole (${code})`, {
    cause: failure.cause,
    hint: 'remove it by hand, with more rights if need be',
  });
}

class Removal {
  readonly #parent: string;
  readonly #name: string;
  readonly #levels: Level[] = [];
  /** Of the tree: what lies on another is a mount. */
  #device = 0;
  #failure: Failure | null = null;

  /** `path` in bytes, as `OpenDirectory` has them. */
  constructor(path: string) {
    this.#parent = dirname(path);
    this.#name = basename(path);
  }

  /** Answers the first failure. */
  run(): Failure | null {
    this.#attempt(() => this.#removeFirst());
    try {
      for (let level = this.#levels.at(-1); level !== undefined; level = this.#levels.at(-1))
        this.#step(level);
    } finally {
      for (const { directory } of this.#levels) directory.close();
    }
    return this.#failure;
  }

  #removeFirst(): void {
    const path = inside(this.#parent, this.#name);
    const stat = lstatSync(path);
    this.#device = stat.dev;
    if (stat.isDirectory()) this.#enter(this.#parent, this.#name);
    else unlinkSync(path);
  }

  #step(level: Level): void {
    const entry = this.#attempt(() => level.directory.next()) ?? null;
    if (entry === null) return this.#finish(level);
    this.#attempt(() => {
      const path = inside(level.directory.path, entry.name);
      if (!entry.isDirectory()) unlinkSync(path);
      else if (this.#levels.length < OPEN_LEVELS_LIMIT) return this.#enter(level.directory.path, entry.name);
      else this.#hoist(path);
      level.isChanged = true;
    });
  }

  #enter(parent: string, name: string): void {
    const directory = openDirectory(inside(parent, name), this.#device);
    this.#levels.push({ directory, name, isChanged: false });
  }

  /** Too deep: it goes up into the outermost directory, whose names are read again when it is done. */
  #hoist(path: Buffer): void {
    const outermost = this.#levels[0] as Level;
    // rename(2) to another parent writes the directory's own `..`: its mode must allow that.
    openDirectory(path, this.#device).close();
    renameSync(path, inside(outermost.directory.path, `.morsel-${randomName()}`));
    outermost.isChanged = true;
  }

  #finish(level: Level): void {
    const parent = this.#levels.at(-2);
    try {
      rmdirSync(inside(parent?.directory.path ?? this.#parent, level.name));
    } catch (error) {
      // Names may be passed over while others are removed (readdir(3)), and some have come from below.
      if (level.isChanged && this.#readAgain(level)) return;
      this.#failure ??= { cause: error };
    }
    this.#levels.pop();
    level.directory.close();
    if (parent !== undefined) parent.isChanged = true;
  }

  #readAgain(level: Level): boolean {
    level.isChanged = false;
    return this.#attempt(() => level.directory.rewind()) === true;
  }

  /** What has gone by itself is as good as removed. */
  #attempt<T>(operation: () => T): T | undefined {
    try {
      return operation();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#failure ??= { cause: error };
      return undefined;
    }
  }
}
