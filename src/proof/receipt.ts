import type { Image } from '../oci/index.ts';
import type { Proof } from './proof.ts';

/** What `morsel prove` writes: the same proof gives the same bytes, so that there are no times and no paths in it. */
export interface Receipt {
  readonly receiptVersion: 1;
  readonly morsel: string;
  /** Of the image's manifest. */
  readonly digest: string;
  readonly platform: string;
  readonly status: Proof['status'];
  readonly reason: string | null;
  readonly sandbox: string | null;
  readonly isolation: readonly string[];
  readonly checks: readonly ReceiptCheck[];
  readonly findings: readonly { readonly level: string; readonly message: string }[];
}

export interface ReceiptCheck {
  readonly name: string;
  readonly status: 'passed' | 'failed';
  readonly detail: string;
  readonly argv: readonly string[];
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdoutSha256: string | null;
}

/** @param morselVersion of the program that has proven it. */
export function receipt(
  proof: Proof,
  image: Pick<Image, 'manifestDescriptor' | 'config'>,
  morselVersion: string,
): Receipt {
  const { architecture, os, variant } = image.config;
  return {
    receiptVersion: 1,
    morsel: morselVersion,
    digest: image.manifestDescriptor.digest,
    platform: [os, architecture, ...(variant === undefined ? [] : [variant])].join('/'),
    status: proof.status,
    reason: proof.reason,
    sandbox: proof.sandbox,
    isolation: proof.isolation,
    checks: proof.checks.map(({ name, status, detail, argv, exitCode, signal, stdoutSha256 }) => {
      return { name, status, detail, argv, exitCode, signal, stdoutSha256 };
    }),
    findings: proof.findings.map(({ level, message }) => ({ level, message })),
  };
}
