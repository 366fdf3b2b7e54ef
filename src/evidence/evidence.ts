import type { ProofStrength, Rung } from '../core/choices.ts';
import type { Finding } from '../core/finding.ts';
import { printableJson } from '../core/printable.ts';
import type { ImageSize } from '../places/write-request.ts';

/**
 * Why an image is as it is: each file's reason, each need with what shows it, each rung that lost, and the proof. Kept
 * beside the image (an archive) or as a referrer of it (a layout), and never in it, whose digest and size are those of
 * the image alone. It has no times, and no paths of the machine but those in reasons: the same build gives the same bytes.
 */
export interface Evidence {
  /** Fields may come; another number is another form. */
  readonly evidenceVersion: 1;
  /** The version of morsel that has built the image. */
  readonly morsel: string;
  /** The image that this speaks of. */
  readonly image: EvidenceImage;
  /** The program that it starts. */
  readonly program: EvidenceProgram;
  /** All programs of its build; the first is the one that it starts. */
  readonly programs: readonly ImageProgram[];
  /** Libraries that were built from their sources and are inside of the programs; absent where there are none. */
  readonly libraries?: readonly LinkedLibrary[];
  /** What is in the image's own layer, and why. */
  readonly files: readonly ImageFile[];
  /** What the program wants at run time, supplied or not. */
  readonly needs: readonly FoundNeed[];
  /** Every rung below the one that won, and why it lost. */
  readonly rejected: readonly RejectedRung[];
  /** What is worth knowing. */
  readonly findings: readonly Finding[];
  /** What was run, and what came of it. */
  readonly proof: EvidenceProof;
}

export interface EvidenceImage {
  /** Of its manifest. */
  readonly digest: string;
  /** Its names, each with a tag. */
  readonly references: readonly string[];
  /** `linux/amd64` */
  readonly platform: string;
}

export interface EvidenceProgram {
  /** Its place in the image. */
  readonly path: string;
  /** The rung that won. */
  readonly rung: Rung;
  /** `static`, `static-pie`, `dynamic`. */
  readonly link: string;
  /** `musl`, `glibc`, `go`. */
  readonly libc: string;
  /** The compiler that made it, in words; null for a ready executable. */
  readonly toolchain: string | null;
  /** What was given up for size. */
  readonly trades: readonly string[];
}

export interface ImageProgram {
  /** Its place in the image. */
  readonly path: string;
  /** `static`, `static-pie`, `dynamic`. */
  readonly link: string;
  /** `musl`, `glibc`, `go`. */
  readonly libc: string;
}

export interface LinkedLibrary {
  /** As `dependencies` of morsel.json names it: `openssl`. */
  readonly name: string;
  /** Of its sources: `3.0.20-1~deb12u1`. */
  readonly version: string;
  /** An SPDX expression. */
  readonly licence: string;
  /** Where they came from: `debian:openssl`, a URL, a path. */
  readonly source: string;
  /** Of all of them, in one: `sha256:…`. */
  readonly digest: string;
  /** Where the project asks for it: `configure.ac:12`, `morsel.json`; null where another library or the build does. */
  readonly askedBy: string | null;
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

export interface FoundNeed {
  /** Its stable name: `ca-certificates`. */
  readonly need: string;
  /** How sure it is. */
  readonly level: 'certain' | 'likely' | 'possible';
  /** What shows it, and where. */
  readonly evidence: string;
  /** What supplies it. */
  readonly fix: string;
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

export interface ProofSummary {
  /**
   * `unclear`: it was run, and nothing shows that it works. `skipped`: nothing was run. `reason` says why.
   */
  readonly status: 'passed' | 'failed' | 'unclear' | 'skipped';
  /**
   * What is shown, by the weakest check. `start`: it starts as in the control run. `equal`: a job does what it does there.
   * `checked`: what a check expects holds. `none`: not passed.
   */
  readonly strength: ProofStrength | 'none';
  /** With what it was compared. */
  readonly control: ControlSummary;
  /** What it ran in: `runc`, `crun`, `bwrap` or `unshare`; null when nothing was run. */
  readonly sandbox: string | null;
  /** `aarch64 emulated by qemu-aarch64-static`; null where the program ran as it is. */
  readonly emulation: string | null;
  /** Every check that was run, in order. */
  readonly checks: readonly CheckSummary[];
  /** Why it was skipped, or is unclear. */
  readonly reason: string | null;
}

export interface ControlSummary {
  /** Whose root the same program was run in for comparison: this machine's own, or an original image's; null where it was not. */
  readonly source: 'machine' | 'image' | null;
  /** Why it was not. */
  readonly reason: string | null;
}

export interface CheckSummary {
  /** As `morsel.json` names it. */
  readonly name: string;
  /** Whether it did what it should. */
  readonly status: 'passed' | 'failed' | 'unclear';
  /** What this check shows. */
  readonly strength: ProofStrength | 'none';
  /** What was seen, or everything that was wrong. */
  readonly detail: string;
  /** Where a server took connections; null where nothing is known to. */
  readonly listens: {
    /** `0.0.0.0`, `::`; null where only the port was asked. */
    readonly address: string | null;
    /** Of TCP. */
    readonly port: number;
  } | null;
}

export interface EvidenceProof extends ProofSummary {
  /** What lay between the program and the machine, in words. */
  readonly isolation: readonly string[];
}

/** Of the document; also the artifact type of its referrer (image-spec manifest.md, "Guidelines for Artifact Usage"). */
export const EVIDENCE_MEDIA_TYPE = 'application/vnd.morsel.evidence.v1+json';

export function encodeEvidence(evidence: Evidence): Buffer {
  return Buffer.from(`${printableJson(evidence, 2)}\n`);
}
