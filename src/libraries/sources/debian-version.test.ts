import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { hasTool } from '../../../test/reference-tools.ts';
import { compareDebianVersions } from './debian-version.ts';

/** Each pair both ways, and with itself. */
const VERSIONS = [
  '1.0', '1.0-1', '1.0-1~deb12u1', '1.0-1+deb12u1', '1.0-1+deb12u10', '1.0-1+deb12u2', '1.0-1.1', '1:0.9', '0:1.0', '1.0~rc1',
  '1.0~rc1~', '1.0~', '1.0a', '1.0+dfsg', '1.0.dfsg', '1.0-0', '1.00', '1.0.0', '1.a', '1.-1', '20230101', '99999999999999999999',
  '99999999999999999998', '1.0-1-2', '2.36-9+deb12u13', '2.36-9', 'a', '1.0+',
]; // prettier-ignore

describe('compareDebianVersions', () => {
  it.skipIf(!hasTool('dpkg'))('orders versions as dpkg does', () => {
    const pairs = VERSIONS.flatMap((a) => VERSIONS.map((b) => [a, b] as const));
    // One shell for all: dpkg takes a few milliseconds each time.
    const script =
      'while read -r a b; do if dpkg --compare-versions "$a" lt "$b"; then echo -1; elif dpkg --compare-versions "$a" eq "$b"; then echo 0; else echo 1; fi; done 2>/dev/null';
    const input = pairs.map(([a, b]) => `${a} ${b}\n`).join('');
    const answers = execFileSync('sh', ['-c', script], { input, encoding: 'utf8' }).trim().split('\n');
    const ours = pairs.map(([a, b]) => `${a} ${b} ${Math.sign(compareDebianVersions(a, b))}`);
    expect(ours).toEqual(pairs.map(([a, b], index) => `${a} ${b} ${answers[index]}`));
  });

  it('puts a tilde before the end, and security updates behind what they update', () => {
    const sorted = [
      '1.0-1+deb12u1',
      '1.0-1',
      '1.0~rc1-1',
      '1:0.1',
      '1.0-1+deb12u10',
      '1.0-1+deb12u2',
    ].toSorted(compareDebianVersions);
    expect(sorted).toEqual([
      '1.0~rc1-1',
      '1.0-1',
      '1.0-1+deb12u1',
      '1.0-1+deb12u2',
      '1.0-1+deb12u10',
      '1:0.1',
    ]);
  });
});
