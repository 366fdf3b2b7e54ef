import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { encodeCertificate, pemBlocks, subjectHash } from '../../src/needs/index.ts';
import { hasTool } from '../reference-tools.ts';

const BUNDLE = '/etc/ssl/certs/ca-certificates.crt';

function opensslHash(pem: string): string {
  const done = spawnSync('openssl', ['x509', '-noout', '-subject_hash'], { input: pem, encoding: 'utf8' });
  return done.stdout.trim();
}

/** A certificate of its own with that subject. */
function madeWith(subject: string): string {
  const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-utf8'];
  const done = spawnSync('openssl', [...args, '-keyout', '/dev/null', '-multivalue-rdn', '-subj', subject], {
    encoding: 'utf8',
  });
  return done.stdout;
}

describe.skipIf(!hasTool('openssl'))('the hash of a subject', () => {
  it.skipIf(!existsSync(BUNDLE))('is that of openssl x509 for public authorities', () => {
    const blocks = pemBlocks(readFileSync(BUNDLE, 'utf8'));
    expect(blocks.length).toBeGreaterThan(50);
    const isAll = process.env['MORSEL_TEST_ALL'] === '1';
    for (const { der } of blocks.filter((_, index) => isAll || index % 12 === 0)) {
      const bytes = der ?? Buffer.alloc(0);
      expect(subjectHash(bytes)).toBe(opensslHash(encodeCertificate(bytes)));
    }
  });

  it.each([
    '/CN=Example Root',
    '/O=  Two   Spaces /CN=ÄÖÜ Größe',
    '/C=DE/ST=Bayern/L=München/O=Ex+OU=Part/CN=x',
    `/CN=${'long '.repeat(12)}`,
    '/DC=org/DC=example/emailAddress=CA@Example.ORG/CN=a',
  ])('%s', (subject) => {
    const [block] = pemBlocks(madeWith(subject));
    const hash = subjectHash(block?.der ?? Buffer.alloc(0));
    expect(hash).toMatch(/^[0-9a-f]{8}$/);
    expect(hash).toBe(opensslHash(madeFrom(block?.der)));
  });

  it('is null for what is no certificate, whatever its lengths say', () => {
    for (const hex of ['', '30', '3080', '30840fffffff', '3003300130', 'ffffffffffffffff', '308200'])
      expect(subjectHash(Buffer.from(hex, 'hex'))).toBeNull();
  });
});

const madeFrom = (der: Buffer | null | undefined): string => encodeCertificate(der ?? Buffer.alloc(0));
