import type { FoundCString } from '../elf/c-strings.ts';
import type { ElfFacts } from '../elf/facts.ts';
import type { NeedDetails } from './places.ts';
import type { WantedLibrary } from './wanted-library.ts';

/**
 * How sure a need is. `certain`: the run itself says so. `likely`: the program has the function or the text. `possible`:
 * a library has it, or it depends on data.
 */
export type NeedLevel = 'certain' | 'likely' | 'possible';

export type NeedText = string | ((context: NeedContext) => string);

/**
 * - `symbol`: an undefined dynamic symbol of a dynamic object, or a function in the `.symtab` of a static one.
 *   `mkstemp` also means `mkstemp64` and the `_r` twin must be named.
 * - `import`: the dynamic half alone, for names that static C libraries link into every program.
 * - `string`: bytes of a static file or of a named library.
 * - `payload`: a kind of what the program carries for itself.
 * - `go-function`: a name in `.gopclntab`, which survives `-s -w` and strip.
 */
export interface Signature {
  readonly find: 'symbol' | 'import' | 'string' | 'go-function' | 'payload';
  readonly anyOf: readonly string[];
  /** Of the same kind: all of these too, or none of these. */
  readonly with?: readonly string[];
  readonly without?: readonly string[];
  readonly when?: (facts: ElfFacts) => boolean;
  readonly level: NeedLevel;
  /**
   * Where it counts. `program` and its libraries by default for symbols (a library's import is at most `possible`),
   * the program alone for the others; a pattern names the libraries whose word is decisive.
   */
  readonly inLibraries?: RegExp | 'no';
}

/** What is known beside the bytes. */
export interface NeedContext {
  readonly program: ElfFacts;
  /** Environment of the run as far as it is known: image config, project configuration. */
  readonly env: Readonly<Record<string, string>>;
  /** Sonames that the program loads. */
  readonly loaded: ReadonlySet<string>;
  /** Version of the glibc in the closure, from its version definitions; null when there is none. */
  readonly closureGlibc: string | null;
  /** Whether these bytes are in the program or in a library whose name matches. */
  hasString(text: string, inLibraries?: RegExp): boolean;
  /** Whether the program itself imports (dynamic) or contains (static with .symtab) this function. */
  hasSymbol(name: string): boolean;
  hasGoFunction(name: string): boolean;
  /** The text between `prefix` and the next `"` in the program or a matching library: `OPENSSLDIR: "/usr/lib/ssl"`. */
  quotedAfter(prefix: string, inLibraries?: RegExp): string | null;
  /** What begins with a match of `mark` (which is global) among the program's constants. */
  textsFrom(mark: RegExp): readonly FoundCString[];
  /** The directory of an absolute path that is a C string of the program: `/usr/lib/ssl` before `/cert.pem`. */
  pathBefore(suffix: string): string | null;
}

export interface FoundEvidence {
  readonly level: NeedLevel;
  readonly evidence: string;
}

export interface Decision {
  readonly level: NeedLevel;
  readonly evidence?: string;
  readonly details?: NeedDetails;
  readonly sizeBytes?: number;
  readonly libraries?: readonly WantedLibrary[];
}
