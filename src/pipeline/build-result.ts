import type { Libc, LinkKind } from '../elf/index.ts';
import type { ImageSize } from '../places/index.ts';
import type { Rung } from '../toolchain/index.ts';

/** What `build` answers; `--format json` prints exactly this (DESIGN section 3, "JSON"). Sizes are bytes. */
export interface BuildResult {
  /** `hello:latest@sha256:…`: what stdout carries. */
  readonly reference: string;
  readonly digest: string;
  /** `linux/amd64` */
  readonly platform: string;
  readonly rung: Rung;
  readonly link: LinkKind;
  readonly libc: Libc;
  /** The compiler that made it, in words; null for a ready binary. */
  readonly toolchain: string | null;
  readonly size: ImageSize;
  readonly image: { readonly path: string; readonly kind: 'archive' | 'layout' };
  /** Every rung below the one that won, and why it lost. */
  readonly rejected: readonly RejectedRung[];
  readonly files: readonly ImageFile[];
  readonly proof: ProofSummary;
  /** What `--size smallest` gave up. */
  readonly trades: readonly string[];
  readonly findings: readonly Finding[];
  readonly timings: Timings;
}

export interface RejectedRung {
  readonly rung: Rung;
  readonly reason: string;
  readonly hint: string | null;
  /** Its size where it came so far as to be written. */
  readonly size: ImageSize | null;
}

export interface ImageFile {
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'symlink';
  readonly sizeBytes: number;
  readonly reason: string;
}

export interface ProofSummary {
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly sandbox: string | null;
  readonly checks: readonly {
    readonly name: string;
    readonly status: 'passed' | 'failed';
    readonly detail: string;
  }[];
  /** Why it was skipped. */
  readonly reason: string | null;
}

/** Something worth knowing that is no reason to fail: a silent need, a musl cost, a writable root. */
export interface Finding {
  readonly level: 'info' | 'warning';
  readonly message: string;
  readonly hint: string | null;
}

export interface Timings {
  readonly compileMs: number;
  readonly analyseMs: number;
  readonly assembleMs: number;
  readonly proveMs: number;
}
