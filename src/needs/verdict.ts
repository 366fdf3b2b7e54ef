import type { ElfFile } from '../elf/elf-file.ts';
import type { ElfFacts } from '../elf/facts.ts';
import type { Need } from './need.ts';

/** Will the program *start* on a base? Needs that it meets later are said in the reason of a `yes`. */
export interface Verdict {
  /** `scratch`, `debian:12`; the name of the tree for a base given by the user. */
  readonly base: string;
  /** `unknown`: what is known of the base does not decide it. */
  readonly runs: 'yes' | 'no' | 'unknown';
  /** One sentence. */
  readonly reason: string;
  /** A command or a step that changes a `no`. */
  readonly fix?: string;
}

/** An image that programs are put on, as data: enough to judge a dynamic program without having the image. */
export interface Base {
  readonly name: string;
  /** Package sources and how this was read; shown by `inspect -v`. */
  readonly source: string;
  /** null: no dynamic loader in it. */
  readonly libc: { readonly name: 'glibc' | 'musl'; readonly version: string } | null;
  /** By soname. */
  readonly libraries: BaseLibraries;
  /** False where the list may lack some: a library that is not in it makes the verdict `unknown`, not `no`. */
  readonly complete: boolean;
  /** Needs that its files fulfil: `users`, `tmp`, `ca-certificates`, `shell` … */
  readonly fulfils: readonly string[];
}

/** As much of a map as a verdict asks for: the tables of the known bases are searched, not parsed. */
export type BaseLibraries = Pick<ReadonlyMap<string, BaseLibrary>, 'get'>;

/**
 * Symbol versions of one library: for each numbered family the highest (`GLIBC: '2.36'`), and the names that have no
 * number (`GLIBC_ABI_DT_RELR`, `CXXABI_FLOAT128`).
 */
export interface BaseLibrary {
  readonly highest: Readonly<Record<string, string>>;
  readonly names: readonly string[];
}

export interface JudgeRequest {
  readonly facts: ElfFacts;
  /** From `findNeeds`; what a base does not fulfil is said in its reason. */
  readonly needs: readonly Need[];
  /** The program itself: which functions it imports refines a `yes`. */
  readonly elf?: ElfFile;
}
