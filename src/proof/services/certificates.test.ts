import { X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import { makeCertificates } from './certificates.ts';

const paths = {};

it('makes certificates of which each is wrong in one thing', async () => {
  const made = await makeCertificates({
    port: 443,
    hosts: {
      'good.test': { certificate: 'good', paths },
      'wrong.test': { certificate: 'wrong-name', paths },
      'old.test': { certificate: 'expired', paths },
      'foreign.test': { certificate: 'foreign', paths },
    },
  });
  const authority = new X509Certificate(made.authority);
  expect(authority.ca).toBe(true);
  const seen = Object.entries(made.chains).map(([name, pem]) => {
    const certificate = new X509Certificate(pem);
    return {
      name,
      isOfAuthority: certificate.checkIssued(authority) && certificate.verify(authority.publicKey),
      isForName: certificate.checkHost(name) === name,
      isOfToday:
        Date.parse(certificate.validFrom) < Date.now() && Date.parse(certificate.validTo) > Date.now(),
      isAuthority: certificate.ca,
    };
  });
  const good = { isOfAuthority: true, isForName: true, isOfToday: true, isAuthority: false };
  expect(seen).toEqual([
    { ...good, name: 'good.test' },
    { ...good, name: 'wrong.test', isForName: false },
    { ...good, name: 'old.test', isOfToday: false },
    { ...good, name: 'foreign.test', isOfAuthority: false },
  ]);
}, 60_000);
