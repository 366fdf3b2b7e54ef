import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { Script } from 'node:vm';
import { type CodeCache, readCodeCache, writeCodeCache } from './code-cache.ts';

type Evaluate = (
  exports: object,
  require: (id: string) => unknown,
  module: { exports: object },
  filename: string,
  dirname: string,
) => void;

/** CommonJS's own wrapper: https://nodejs.org/api/modules.html#the-module-wrapper. */
const WRAPPER = ['(function (exports, require, module, __filename, __dirname) {', '\n})'] as const;

/**
 * Loads the chunks of the bundle, which require each other and Node's own modules only, from V8's compiled form of
 * them where there is one.
 */
export class Chunks {
  readonly #folder: string;
  readonly #cachePath: string;
  readonly #key: string;
  readonly #cache: CodeCache;
  readonly #require: (id: string) => unknown;
  readonly #modules = new Map<string, { exports: object }>();
  readonly #scripts = new Map<string, Script>();
  #isStale = false;

  /** `key` tells one build of morsel from another. */
  constructor(folder: string, cachePath: string, key: string) {
    this.#folder = folder;
    this.#cachePath = cachePath;
    this.#key = key;
    this.#cache = readCodeCache(cachePath, key);
    this.#require = createRequire(join(folder, 'chunk.cjs'));
  }

  /** The exports of a chunk, which is evaluated once. */
  load(name: string): object {
    const known = this.#modules.get(name);
    if (known !== undefined) return known.exports;
    const module = { exports: {} };
    this.#modules.set(name, module);
    const require = (id: string): unknown =>
      id.startsWith('./') ? this.load(basename(id)) : this.#require(id);
    this.#compile(name)(module.exports, require, module, join(this.#folder, name), this.#folder);
    return module.exports;
  }

  #compile(name: string): Evaluate {
    const filename = join(this.#folder, name);
    const cachedData = this.#cache.get(name);
    const script = new Script(WRAPPER.join(readFileSync(filename, 'utf8')), { filename, cachedData });
    if (cachedData === undefined || script.cachedDataRejected === true) this.#isStale = true;
    this.#scripts.set(name, script);
    return script.runInThisContext() as Evaluate;
  }

  /** Keeps the compiled form of all that ran, when any of it was not kept yet. Call it when the command is done. */
  save(): void {
    if (!this.#isStale) return;
    const compiled = [...this.#scripts].map(([name, script]) => [name, script.createCachedData()] as const);
    writeCodeCache(this.#cachePath, this.#key, new Map([...this.#cache, ...compiled]));
  }
}
