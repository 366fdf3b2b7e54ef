import { type Digest, formatPlatform, type Image } from '../oci/index.ts';
import type { Proof } from './proof.ts';

/** What `morsel prove` writes: the same proof gives the same bytes, so that there are no times and no paths in it. */
export interface Receipt {
  /** Of this document; fields may come without a new one. */
  readonly receiptVersion: 1;
  /** The version that has proven it. */
  readonly morsel: string;
  /** Of the image's manifest. */
  readonly digest: string;
  /** `linux/amd64` */
  readonly platform: string;
  /** Digest of the evidence that its build has left; null where none was found that speaks of this image. */
  readonly evidence: string | null;
  /** `unclear`: it was run, and nothing shows that it works. `skipped`: nothing was run. `reason` says why. */
  readonly status: Proof['status'];
  /** What is shown, by the weakest check: `start`, `equal` or `checked`; `none` where the status is not `passed`. */
  readonly strength: Proof['strength'];
  /** With what it was compared. */
  readonly control: {
    /** Whose root the same program was run in for comparison: this machine's own, or an original image's; null where it was not. */
    readonly source: 'machine' | 'image' | null;
    /** Why it was not. */
    readonly reason: string | null;
  };
  /** Why it was skipped, or is unclear; null when it was not. */
  readonly reason: string | null;
  /** What it ran in: `runc`, `crun`, `bwrap` or `unshare`; null when nothing was run. */
  readonly sandbox: string | null;
  /** What lay between the program and the machine, in words. */
  readonly isolation: readonly string[];
  /** Every check that was run, in order. */
  readonly checks: readonly ReceiptCheck[];
  /** What is worth knowing and was no reason to fail. */
  readonly findings: readonly {
    /** `info` or `warning`. */
    readonly level: string;
    /** One sentence. */
    readonly message: string;
  }[];
}

export interface ReceiptCheck {
  /** As `morsel.json` names it. */
  readonly name: string;
  /** Whether it did what it should. */
  readonly status: 'passed' | 'failed' | 'unclear';
  /** What this check shows. */
  readonly strength: Proof['strength'];
  /** What was seen, or everything that was wrong. */
  readonly detail: string;
  /** What was started. */
  readonly argv: readonly string[];
  /** null when a signal ended it, it was stopped, or it never started. */
  readonly exitCode: number | null;
  /** What ended it, such as `SIGSEGV`; null when it ended by itself. */
  readonly signal: string | null;
  /** Of the first MiB of stdout, lower-case hex; null for a server, whose output may differ from run to run. */
  readonly stdoutSha256: string | null;
  /** What its run had beside the image, in words: servers in its network, an authority that is trusted, volumes; [] for nothing. */
  readonly added: readonly string[];
  /** The same job where its program is known to work; null where there was no such run. */
  readonly control: {
    /** null when a signal ended it, it was stopped, or it never started. */
    readonly exitCode: number | null;
    /** What ended it; null when it ended by itself. */
    readonly signal: string | null;
    /** Of the first MiB of stdout, lower-case hex; null for a server. */
    readonly stdoutSha256: string | null;
    /** In what the image differs from it, in words; null where it does not. */
    readonly difference: string | null;
  } | null;
}

/** @param morselVersion of the program that has proven it; @param evidence of its build, as `findEvidence` gives it. */
export function receipt(
  proof: Proof,
  image: Pick<Image, 'manifestDescriptor' | 'config'>,
  evidence: Digest | null,
  morselVersion: string,
): Receipt {
  return {
    receiptVersion: 1,
    morsel: morselVersion,
    digest: image.manifestDescriptor.digest,
    platform: formatPlatform(image.config),
    evidence,
    status: proof.status,
    strength: proof.strength,
    control: proof.control,
    reason: proof.reason,
    sandbox: proof.sandbox,
    isolation: proof.isolation,
    checks: proof.checks.map(({ elapsedMs: _, listens: __, ...check }) => check),
    findings: proof.findings.map(({ level, message }) => ({ level, message })),
  };
}
