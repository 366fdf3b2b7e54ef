import type { BaseImage } from '../../base/index.ts';
import type { Finding } from '../../core/finding.ts';
import type { LinkedLibrary } from '../../evidence/index.ts';
import type { ElfFacts } from '../../elf/index.ts';
import type { Rung } from '../../core/choices.ts';

/** What the programs are put on: nothing (with its closure), nothing at all, or a base. */
export type Placement =
  | { readonly kind: 'scratch' }
  /** The programs alone, as a `COPY` to scratch ships it. */
  | { readonly kind: 'bare' }
  | { readonly kind: 'base'; readonly base: BaseImage };

export const SCRATCH: Placement = { kind: 'scratch' };

/** An executable: compiled here, or given. */
export interface Program {
  readonly path: string;
  /** Where the linker wrote it: `$ORIGIN` in its search paths counts from there, and its own libraries lie there. */
  readonly linkedPath: string;
  readonly facts: ElfFacts;
  /** null for a ready binary. */
  readonly toolchain: string | null;
}

/** The programs of one image, by one build. */
export interface RungBuild {
  readonly rung: Rung;
  /** The first is what the image starts. */
  readonly programs: readonly [Program, ...Program[]];
  readonly trades: readonly string[];
  /** What is to be said of how it was compiled. */
  readonly findings: readonly Finding[];
  /** Libraries that were built for it and are inside of its programs. */
  readonly libraries: readonly LinkedLibrary[];
  readonly compileMs: number;
}

/** A rung, and its programs, which are made when they are asked for. */
export interface RungSource {
  readonly rung: Rung;
  /** Compiles at the first call; the others get the same programs. Errors: TOOLCHAIN_MISSING, COMPILE_FAILED. */
  build(): Promise<RungBuild>;
  /** The same programs as they are linked ordinarily; null where this is it, or there is no other. */
  readonly ordinary: OrdinaryBuild | null;
}

/** Dynamic programs of this machine's C library: what a user gets who compiles them by himself. */
export interface OrdinaryBuild {
  /** As `RungSource.build`, of which it is the one of `closure`. */
  build(): Promise<RungBuild>;
  /** Whether it was asked for before, and costs nothing any more. */
  isMade(): boolean;
}

/** One way to ship the programs: a rung on a placement. */
export interface Candidate extends RungSource {
  readonly placement: Placement;
}
