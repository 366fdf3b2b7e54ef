import type { EngineName, Rung } from '../core/choices.ts';
import type { Finding } from '../core/finding.ts';
import type { Libc, LinkKind } from '../elf/index.ts';
import type {
  ImageFile,
  ImageProgram,
  LinkedLibrary,
  ProofSummary,
  RejectedRung,
} from '../evidence/index.ts';
import type { ImageSize, WritableLocation } from '../places/index.ts';

/** What was built for one platform. Sizes are bytes. */
export interface PlatformResult {
  /** `linux/amd64` */
  readonly platform: string;
  /** Of the manifest: `sha256:…`. */
  readonly digest: string;
  /** The rung that won. */
  readonly rung: Rung;
  /** How the program is linked; of several, the one that the image starts. */
  readonly link: LinkKind;
  /** The C library that the program has or asks for. */
  readonly libc: Libc;
  /** The programs in it, by one build; the first is the one that the image starts. */
  readonly programs: readonly ImageProgram[];
  /** Libraries that were built from their sources and are inside of the programs. */
  readonly libraries: readonly LinkedLibrary[];
  /** The compiler that made it, in words; null for a ready binary. */
  readonly toolchain: string | null;
  /** Of the image, three ways. */
  readonly size: ImageSize;
  /** Every rung below the one that won, and why it lost. */
  readonly rejected: readonly RejectedRung[];
  /** All that is in the image, each with its reason. */
  readonly files: readonly ImageFile[];
  /** The document that keeps all this beside the image; null with `--no-evidence`. */
  readonly evidence: {
    /** Of the document: `sha256:…`. */
    readonly digest: string;
    /** Beside the archive; null in a layout, where it is a referrer of the image. */
    readonly path: string | null;
  } | null;
  /** What came of running the image as written. */
  readonly proof: ProofSummary;
  /** What `--size smallest` gave up. */
  readonly trades: readonly string[];
  /** What is worth knowing and was no reason to fail. */
  readonly findings: readonly Finding[];
  /** Where the time went. */
  readonly timings: Timings;
}

/**
 * What `build` answers; `--format json` prints exactly this. Of several platforms, `digest` is the index's, `platform` names
 * all of them with commas, and what is said beside is of this machine's platform, or the first.
 */
export interface BuildResult extends PlatformResult {
  /** `hello:latest@sha256:…`: what stdout carries. */
  readonly reference: string;
  /** Its names as archives and layouts carry them: each with a tag. */
  readonly references: readonly string[];
  /** Where it was written. */
  readonly image: {
    /** Absolute. */
    readonly path: string;
    /** An archive that OCI tools and `docker load` read, or a folder with an OCI layout. */
    readonly kind: WritableLocation['kind'];
  };
  /** With `--push`: under which names it is in registries, each with its digest; [] without. */
  readonly pushed: readonly string[];
  /** What an engine has of it; null without `--load`. */
  readonly loaded: {
    /** Into which it was loaded. */
    readonly engine: EngineName;
    /** `sha256:…`: by which that one runs it; null where an archive has several images. */
    readonly id: string | null;
  } | null;
  /** The image with a layer of tools; null where none was asked for. */
  readonly debugTwin: {
    /** Where it was written: an archive, or the image's own layout. */
    readonly path: string;
    /** Its names as archives and layouts carry them. */
    readonly references: readonly string[];
    /** Of the manifest, or of the index of several: `sha256:…`. */
    readonly digest: string;
    /** Of the whole, three ways. */
    readonly size: ImageSize;
  } | null;
  /** The image of each platform, in the order in which they were asked for; of one platform, it alone. */
  readonly platforms: readonly PlatformResult[];
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
