import type { BaseImage } from '../../base/index.ts';
import type { ElfFacts } from '../../elf/index.ts';
import type { Rung } from '../../core/choices.ts';

/** What the program is put on: nothing (with its closure), nothing at all, or a base. */
export type Placement =
  | { readonly kind: 'scratch' }
  /** The program alone, as a `COPY` to scratch ships it. */
  | { readonly kind: 'bare' }
  | { readonly kind: 'base'; readonly base: BaseImage };

export const SCRATCH: Placement = { kind: 'scratch' };

/** An executable that stands on a rung: compiled for it, or given. */
export interface RungProgram {
  readonly rung: Rung;
  readonly path: string;
  /** Where the linker wrote it: `$ORIGIN` in its search paths counts from there, and its own libraries lie there. */
  readonly linkedPath: string;
  readonly facts: ElfFacts;
  /** null for a ready binary. */
  readonly toolchain: string | null;
  readonly trades: readonly string[];
  readonly compileMs: number;
}

/** A rung, and its program, which is made when it is asked for. */
export interface RungSource {
  readonly rung: Rung;
  /** Compiles at the first call; the others get the same program. Errors: TOOLCHAIN_MISSING, COMPILE_FAILED. */
  program(): Promise<RungProgram>;
  /** The same program as it is linked ordinarily; null where this is it, or there is no other. */
  readonly ordinary: OrdinaryBuild | null;
}

/** A dynamic program of this machine's C library: what a user gets who compiles it by himself. */
export interface OrdinaryBuild {
  /** As `RungSource.program`, of which it is the one of `closure`. */
  program(): Promise<RungProgram>;
  /** Whether it was asked for before, and costs nothing any more. */
  isMade(): boolean;
}

/** One way to ship the program: a rung on a placement. */
export interface Candidate extends RungSource {
  readonly placement: Placement;
}
