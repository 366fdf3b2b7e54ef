import type { Finding } from '../core/finding.ts';
import type { Libc, LinkKind } from '../elf/index.ts';
import type { ImageSize } from '../places/index.ts';
import type { Rung } from '../core/choices.ts';

/** What `build` answers; `--format json` prints exactly this (DESIGN section 3, "JSON"). Sizes are bytes. */
export interface BuildResult {
  /** `hello:latest@sha256:…`: what stdout carries. */
  readonly reference: string;
  /** Of the manifest: `sha256:…`. */
  readonly digest: string;
  /** `linux/amd64` */
  readonly platform: string;
  /** The rung that won. */
  readonly rung: Rung;
  /** How the program is linked. */
  readonly link: LinkKind;
  /** The C library that the program has or asks for. */
  readonly libc: Libc;
  /** The compiler that made it, in words; null for a ready binary. */
  readonly toolchain: string | null;
  /** Of the image, three ways. */
  readonly size: ImageSize;
  /** Where it was written. */
  readonly image: {
    /** Absolute. */
    readonly path: string;
    /** An archive that OCI tools and `docker load` read, or a folder with an OCI layout. */
    readonly kind: 'archive' | 'layout';
  };
  /** Every rung below the one that won, and why it lost. */
  readonly rejected: readonly RejectedRung[];
  /** All that is in the image, each with its reason. */
  readonly files: readonly ImageFile[];
  /** What came of running the image as written. */
  readonly proof: ProofSummary;
  /** What `--size smallest` gave up. */
  readonly trades: readonly string[];
  /** What is worth knowing and was no reason to fail. */
  readonly findings: readonly Finding[];
  /** Where the time went. */
  readonly timings: Timings;
}

export interface RejectedRung {
  /** The rung that lost. */
  readonly rung: Rung;
  /** Why: one sentence. */
  readonly reason: string;
  /** What would let it win; null when nothing is known. */
  readonly hint: string | null;
  /** Its size where it came so far as to be written. */
  readonly size: ImageSize | null;
}

export interface ImageFile {
  /** In the image, absolute. */
  readonly path: string;
  /** What it is there. */
  readonly kind: 'file' | 'directory' | 'symlink';
  /** Bytes; 0 for what is no file. */
  readonly sizeBytes: number;
  /** Why it is in the image. */
  readonly reason: string;
}

export interface ProofSummary {
  /** `skipped`: nothing was run, and `reason` says why. */
  readonly status: 'passed' | 'failed' | 'skipped';
  /** What it ran in: `runc`, `crun`, `bwrap` or `unshare`; null when nothing was run. */
  readonly sandbox: string | null;
  /** Every check that was run, in order. */
  readonly checks: readonly {
    /** As `morsel.json` names it. */
    readonly name: string;
    /** Whether it did what it should. */
    readonly status: 'passed' | 'failed';
    /** What was seen, or everything that was wrong. */
    readonly detail: string;
  }[];
  /** Why it was skipped. */
  readonly reason: string | null;
}

export interface Timings {
  /** Milliseconds in compilers and build tools. */
  readonly compileMs: number;
  /** Milliseconds for reading the program and planning its root. */
  readonly analyseMs: number;
  /** Milliseconds for writing the image. */
  readonly assembleMs: number;
  /** Milliseconds for reading it back and running it. */
  readonly proveMs: number;
}
