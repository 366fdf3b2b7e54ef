import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Script } from 'node:vm';
import type { CodeCache } from './code-cache.ts';

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
 * them where there is one. Part of the entry, which is never cached: short, and without what a start seldom needs.
 */
export class Chunks {
  readonly #folder: string;
  readonly #cache: CodeCache;
  readonly #modules = new Map<string, { exports: object }>();
  readonly #scripts = new Map<string, Script>();
  #isStale = false;

  constructor(folder: string, cache: CodeCache) {
    this.#folder = folder;
    this.#cache = cache;
  }

  /** The exports of a chunk, which is evaluated once. */
  load(name: string): object {
    const known = this.#modules.get(name);
    if (known !== undefined) return known.exports;
    const module = { exports: {} };
    this.#modules.set(name, module);
    const require = (id: string): unknown =>
      id.startsWith('./') ? this.load(basename(id)) : process.getBuiltinModule(id);
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

  /** The compiled form of all that ran, lazily compiled functions too; null when the cache has it already. */
  compiled(): CodeCache | null {
    if (!this.#isStale) return null;
    const compiled = [...this.#scripts].map(([name, script]) => [name, script.createCachedData()] as const);
    return new Map([...this.#cache, ...compiled]);
  }
}
