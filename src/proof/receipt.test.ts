import { sha256Digest, type Image } from '../oci/index.ts';
import { expect, it } from 'vitest';
import type { Proof } from './proof.ts';
import { receipt } from './receipt.ts';

const IMAGE = {
  manifestDescriptor: { mediaType: 'x', digest: `sha256:${'a'.repeat(64)}`, size: 1 },
  config: { architecture: 'arm', os: 'linux', variant: 'v7', rootfs: { type: 'layers', diff_ids: [] } },
} as unknown as Pick<Image, 'manifestDescriptor' | 'config'>;

const PROOF: Proof = {
  status: 'passed',
  strength: 'checked',
  control: { source: null, reason: 'no source' },
  sandbox: 'runc',
  isolation: ['no capabilities'],
  findings: [],
  reason: null,
  checks: [
    {
      name: 'prints',
      status: 'passed',
      strength: 'checked',
      detail: 'exit code 0',
      argv: ['/hello'],
      exitCode: 0,
      signal: null,
      stdoutSha256: 'b'.repeat(64),
      listens: null,
      elapsedMs: 12,
      added: [],
      control: { exitCode: 0, signal: null, stdoutSha256: null, difference: null },
    },
  ],
};

it('says what was run and holds nothing that differs from run to run', () => {
  const written = receipt(PROOF, IMAGE, sha256Digest(Buffer.from('evidence')), '1.2.3');
  expect(written).toEqual({
    receiptVersion: 1,
    morsel: '1.2.3',
    digest: `sha256:${'a'.repeat(64)}`,
    platform: 'linux/arm/v7',
    evidence: sha256Digest(Buffer.from('evidence')),
    status: 'passed',
    strength: 'checked',
    control: { source: null, reason: 'no source' },
    reason: null,
    sandbox: 'runc',
    isolation: ['no capabilities'],
    findings: [],
    checks: [
      {
        name: 'prints',
        status: 'passed',
        strength: 'checked',
        detail: 'exit code 0',
        argv: ['/hello'],
        exitCode: 0,
        signal: null,
        stdoutSha256: 'b'.repeat(64),
        added: [],
        control: { exitCode: 0, signal: null, stdoutSha256: null, difference: null },
      },
    ],
  });
  expect(JSON.stringify(written)).not.toContain('elapsed');
});
