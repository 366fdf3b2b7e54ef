import type { BaseImage } from '../../base/index.ts';
import type { Finding } from '../../core/finding.ts';
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
  /** What is to be said of how it was compiled. */
  readonly findings?: readonly Finding[];
  readonly compileMs: number;
}

/** A rung, and its program, which is made when it is asked for. */
export interface RungSource {
  readonly rung: Rung;
  /** Compiles at the first call; the others get the same program. Errors: TOOLCHAIN_MISSING, COMPILE_FAILED. */
  program(): Promise<RungProgram>;
}

/** One way to ship the program: a rung on a placement. */
export interface Candidate extends RungSource {
  readonly placement: Placement;
}
