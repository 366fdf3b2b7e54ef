import type { ByteSource } from '../core/byte-source.ts';
import type { ElfFacts, ElfLinkage } from '../elf/facts.ts';
import {
  type ByteRange,
  cStringsWith,
  type DlopenNote,
  type ElfFile,
  findStrings,
  type FoundCString,
  goFunctionNames,
  hasSymbolTable,
  importedSymbols,
  openElf,
  readDlopenNotes,
  stringAround,
  symbolTableFunctions,
  textsFrom,
} from '../elf/index.ts';
import type { ObjectEvidence } from './need-family.ts';
import { isDynamic } from './program-kinds.ts';

/** One object with its bytes: the program, or a library that it loads. */
export interface NeedSubject {
  /** For a library a getter, as a rule: few needs ask for more than its linkage. */
  readonly facts: ElfFacts;
  /** The part of the facts that a loader has read already; the facts where it is not given. */
  readonly linkage?: ElfLinkage;
  readonly source: ByteSource;
  /** The source, where it has been opened already. */
  readonly elf?: ElfFile;
  /**
   * The same program as its linker left it, before it was stripped: functions are looked for there. Texts are not, since
   * debugging information names directories of the build (`/tmp/…`).
   */
  readonly unstripped?: ElfFile;
}

/** Of one object; the constants of a browser are some fifty. */
const LITERAL_SEARCH_LIMIT_BYTES = 64 * 1024 * 1024;
const LITERAL_LIMIT = 4096;
/** With one beginning: more are a table. */
const BEGINNINGS_LIMIT = 64;

/** What signatures may ask of one object. Each kind of evidence is read once, when the first asks for it. */
export class SubjectEvidence implements ObjectEvidence {
  readonly linkage: ElfLinkage;
  readonly #subject: NeedSubject;
  #elf: ElfFile | undefined;
  #symbols: ReadonlySet<string> | undefined;
  readonly #goFunctions = new Map<string, boolean>();
  /** Every text that was ever looked for: offset, or null when it is not there. */
  readonly #texts = new Map<string, number | null>();

  constructor(subject: NeedSubject) {
    this.#subject = subject;
    this.linkage = subject.linkage ?? subject.facts;
  }

  /** `stripped` says whether its functions can be asked for. */
  get facts(): ElfFacts {
    const { facts, unstripped } = this.#subject;
    return unstripped === undefined ? facts : { ...facts, stripped: !hasSymbolTable(unstripped) };
  }

  get source(): ByteSource {
    return this.#subject.source;
  }

  /** Undefined dynamic symbols of a dynamic object; functions of the `.symtab` of a static one. */
  hasSymbol(name: string): boolean {
    const symbols = (this.#symbols ??= this.#readSymbols());
    return symbols.has(name) || symbols.has(`${name}64`);
  }

  hasGoFunction(name: string): boolean {
    this.lookForGoFunctions([name]);
    return this.#goFunctions.get(name) === true;
  }

  /** Looks for many functions in one pass over Go's table of names. */
  lookForGoFunctions(names: readonly string[]): void {
    const unknown = names.filter((name) => !this.#goFunctions.has(name));
    if (unknown.length === 0) return;
    const found = this.facts.go === null ? null : goFunctionNames(this.#openElf(), unknown);
    for (const name of unknown) this.#goFunctions.set(name, found?.has(name) === true);
  }

  hasText(text: string): boolean {
    this.lookFor([text]);
    return this.#texts.get(text) !== null;
  }

  /** Looks for many texts in one pass over the bytes. */
  lookFor(texts: readonly string[]): void {
    const unknown = texts.filter((text) => !this.#texts.has(text));
    if (unknown.length === 0) return;
    // Of libraries the constants alone: a program may load hundreds of megabytes of them.
    const ranges = this.linkage.link === 'shared' ? this.#constantRanges() : undefined;
    const found = findStrings(this.source, unknown, { ...(ranges && { ranges }) });
    for (const text of unknown) this.#texts.set(text, found.get(text) ?? null);
  }

  /** `/usr/lib/ssl` from `OPENSSLDIR: "/usr/lib/ssl"`. */
  quotedAfter(prefix: string): string | null {
    this.lookFor([prefix]);
    const offset = this.#texts.get(prefix) ?? null;
    if (offset === null) return null;
    const text = stringAround(this.source, offset);
    const start = text.indexOf(prefix) + prefix.length;
    const end = text.indexOf('"', start);
    return end < 0 ? null : text.slice(start, end);
  }

  /** `/usr/lib/ssl` from the C string `/usr/lib/ssl/cert.pem`. */
  pathBefore(suffix: string): string | null {
    const text = `${suffix}\0`;
    this.lookFor([text]);
    const offset = this.#texts.get(text) ?? null;
    if (offset === null) return null;
    const path = stringAround(this.source, offset);
    return path.endsWith(suffix) && /^\/[\w./+-]+$/.test(path) ? path.slice(0, -suffix.length) : null;
  }

  /** Whole C strings that hold `mark`; literals of Rust and Go stand side by side and are left out. */
  literals(mark: string): readonly string[] {
    const found = cStringsWith(this.source, mark, {
      ranges: this.#constantRanges(),
      limitBytes: LITERAL_SEARCH_LIMIT_BYTES,
      limitStrings: LITERAL_LIMIT,
    });
    return found.flatMap(({ text, isWhole }) => (isWhole ? [text] : []));
  }

  /** What begins with a match of `mark` (which is global) among the constants. */
  textsFrom(mark: RegExp): readonly FoundCString[] {
    return textsFrom(this.source, mark, {
      ranges: this.#constantRanges(),
      limitBytes: LITERAL_SEARCH_LIMIT_BYTES,
      limitStrings: BEGINNINGS_LIMIT,
    });
  }

  dlopenNotes(): readonly DlopenNote[] {
    return readDlopenNotes(this.#openElf());
  }

  /** All bytes where everything is in one segment that can be written (`ld -N`). */
  #constantRanges(): readonly ByteRange[] {
    const ranges = this.#openElf().constantRanges();
    return ranges.length > 0 ? ranges : [{ offset: 0, sizeBytes: this.source.sizeBytes }];
  }

  #readSymbols(): ReadonlySet<string> {
    const elf = this.#openElf();
    if (!isDynamic(this.linkage)) return symbolTableFunctions(this.#subject.unstripped ?? elf) ?? new Set();
    // A weak import is one that the program can do without.
    return new Set(importedSymbols(elf).flatMap(({ name, weak }) => (weak ? [] : [name])));
  }

  #openElf(): ElfFile {
    this.#elf ??= this.#subject.elf ?? openElf(this.source);
    return this.#elf;
  }
}
