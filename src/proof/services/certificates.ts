import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';
import type { CertificateKind, TlsService } from './services.ts';

/** What every client takes; made of Node's own, since forge's takes seconds. */
const KEY_BITS = 2048;
const DAY_MS = 24 * 60 * 60 * 1000;
const SERIAL_BYTES = 16;
/** For a name that no check can have: RFC 6761. */
const WRONG_NAME = 'wrong-name.invalid';

export interface HostCertificates {
  /** Of all hosts, PEM. */
  readonly key: string;
  /** By host, PEM. */
  readonly chains: Readonly<Record<string, string>>;
  /** The authority that is trusted, PEM. */
  readonly authority: string;
}

/** Certificates for the hosts of a check, of authorities that are made for it and whose keys are kept nowhere. */
export async function makeCertificates({ hosts }: TlsService): Promise<HostCertificates> {
  const [own, foreign, leaf] = await Promise.all([makeKeys(), makeKeys(), makeKeys()]);
  const trusted = makeAuthority('morsel check authority', own);
  const other = makeAuthority('morsel foreign authority', foreign);
  const chains = Object.entries(hosts).map(([name, { certificate }]) => {
    const issuer = certificate === 'foreign' ? other : trusted;
    return [name, forge.pki.certificateToPem(makeLeaf(name, certificate, leaf, issuer))] as const;
  });
  return {
    key: leaf.pem,
    chains: Object.fromEntries(chains),
    authority: forge.pki.certificateToPem(trusted.certificate),
  };
}

interface Keys {
  readonly pem: string;
  readonly privateKey: forge.pki.rsa.PrivateKey;
  readonly publicKey: forge.pki.rsa.PublicKey;
}

async function makeKeys(): Promise<Keys> {
  const { privateKey: pem } = await promisify(generateKeyPair)('rsa', {
    modulusLength: KEY_BITS,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const privateKey = forge.pki.privateKeyFromPem(pem);
  return { pem, privateKey, publicKey: forge.pki.setRsaPublicKey(privateKey.n, privateKey.e) };
}

interface IssuingAuthority {
  readonly certificate: forge.pki.Certificate;
  readonly keys: Keys;
}

function makeAuthority(name: string, keys: Keys): IssuingAuthority {
  const certificate = blank(keys, 'good');
  const subject = [{ name: 'commonName', value: name }];
  certificate.setSubject(subject);
  certificate.setIssuer(subject);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  certificate.sign(keys.privateKey, forge.md.sha256.create());
  return { certificate, keys };
}

function makeLeaf(
  host: string,
  kind: CertificateKind,
  keys: Keys,
  { certificate: issuer, keys: issuerKeys }: IssuingAuthority,
): forge.pki.Certificate {
  const certificate = blank(keys, kind);
  const name = kind === 'wrong-name' ? WRONG_NAME : host;
  // The name itself may be longer than a common name may be (64); who looks at it is told by the extension.
  certificate.setSubject([{ name: 'commonName', value: 'morsel check' }]);
  certificate.setIssuer(issuer.subject.attributes);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames: [{ type: DNS_NAME, value: name }] },
    { name: 'subjectKeyIdentifier' },
    { name: 'authorityKeyIdentifier', keyIdentifier: issuer.generateSubjectKeyIdentifier().getBytes() },
  ]);
  certificate.sign(issuerKeys.privateKey, forge.md.sha256.create());
  return certificate;
}

/** GeneralName of RFC 5280 4.2.1.6. */
const DNS_NAME = 2;

function blank(keys: Keys, kind: CertificateKind): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate();
  const now = Date.now();
  const [from, to] = kind === 'expired' ? [-30, -1] : [-1, 30];
  certificate.publicKey = keys.publicKey;
  // RFC 5280 4.1.2.2: positive, which the first byte says.
  certificate.serialNumber = `01${forge.util.bytesToHex(forge.random.getBytesSync(SERIAL_BYTES))}`;
  certificate.validity.notBefore = new Date(now + from * DAY_MS);
  certificate.validity.notAfter = new Date(now + to * DAY_MS);
  return certificate;
}
