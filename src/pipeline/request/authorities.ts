import { X509Certificate } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import { resolve } from 'node:path';
import type { Finding } from '../../core/finding.ts';
import { MorselError } from '../../core/errors.ts';
import { readSmallFile } from '../../core/read-small-file.ts';
import { encodeCertificate, pemBlocks } from '../../needs/index.ts';
import { stayWithin } from './added-paths.ts';

// Apart from request-of.ts, so that a build without `--ca` does not load node:crypto's X.509 (start-up).

/** A certificate of `--ca` or `ca` of `morsel.json`: whom the image is to trust beside the public authorities. */
export interface Authority {
  /** `CN=Example Root, O=Example` */
  readonly subject: string;
  readonly pem: string;
  /** What is to be said of it. */
  readonly findings: readonly Finding[];
}

/** A bundle of all public authorities has 220 kB. */
const FILE_LIMIT_BYTES = 1024 * 1024;
export const AUTHORITIES_LIMIT = 1000;
const SUBJECT_LIMIT = 160;

/**
 * Reads and verifies them. The same certificates give the same list, whatever the order of the files. Errors: USAGE;
 * CONFIG_INVALID for those of a `morsel.json`, which stay in its `folder`; NOT_FOUND, UNREADABLE, LIMIT_EXCEEDED.
 */
export function readAuthorities(
  typed: readonly string[],
  configured: { readonly files: readonly string[]; readonly project: string; readonly folder: string },
): readonly Authority[] {
  const byFingerprint = new Map<string, Authority>();
  const take = (found: ReturnType<typeof authoritiesIn>): void => {
    for (const [fingerprint, authority] of found) byFingerprint.set(fingerprint, authority);
    if (byFingerprint.size > AUTHORITIES_LIMIT)
      throw new MorselError('LIMIT_EXCEEDED', `more than ${AUTHORITIES_LIMIT} certificates are added`, {
        hint: 'give only the authorities that the image is to trust with --ca or `ca` of morsel.json',
      });
  };
  for (const file of configured.files) {
    const path = stayWithin('ca', resolve(configured.project, file), configured.folder);
    take(ofConfiguration(() => authoritiesIn(path)));
  }
  for (const file of typed) take(authoritiesIn(resolve(file)));
  return [...byFingerprint].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, authority]) => authority);
}

function ofConfiguration<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof MorselError) || error.code !== 'USAGE') throw error;
    throw new MorselError('CONFIG_INVALID', `morsel.json: ca: ${error.message}`, {
      hint: error.hint,
      cause: error,
    });
  }
}

/** By their fingerprints. */
function authoritiesIn(path: string): readonly (readonly [string, Authority])[] {
  const bytes = readSmallFile(path, FILE_LIMIT_BYTES);
  if (bytes === null)
    throw new MorselError('NOT_FOUND', `${path}: no such file`, {
      hint: 'give the PEM file of a certificate authority with --ca or `ca` of morsel.json',
    });
  const blocks = isUtf8(bytes) ? pemBlocks(bytes.toString('utf8')) : [];
  const key = blocks.find(({ label }) => /PRIVATE KEY/.test(label));
  if (key !== undefined)
    throw wrong(
      path,
      'holds a private key, which is for nobody’s image',
      `give the certificate alone: openssl x509 -in ${path} -out ca.pem`,
    );
  if (blocks.length === 0) throw noCertificate(path, bytes);
  return blocks.map(({ label, der }, index) => {
    const which = blocks.length === 1 ? path : `${path}, block ${index + 1}`;
    if (label !== 'CERTIFICATE')
      throw wrong(which, `is "${label}", and no certificate`, 'give blocks of BEGIN CERTIFICATE alone');
    const certificate = der === null ? null : parse(der);
    if (certificate === null) throw wrong(which, 'is no X.509 certificate: it is damaged', INSPECT_HINT);
    return [certificate.fingerprint256, authorityOf(which, certificate)];
  });
}

const INSPECT_HINT = 'look at it with: openssl x509 -text -noout -in FILE';

function noCertificate(path: string, bytes: Buffer): MorselError {
  return parse(bytes) === null
    ? wrong(path, 'holds no certificate', 'give a PEM file: -----BEGIN CERTIFICATE-----')
    : wrong(
        path,
        'is a certificate in DER, and --ca takes PEM',
        `openssl x509 -inform der -in ${path} -out ca.pem`,
      );
}

function wrong(which: string, what: string, hint: string): MorselError {
  return new MorselError('USAGE', `${which} ${what}`, { hint });
}

/** OpenSSL reads a certificate at the start, whatever follows it. */
function parse(der: Buffer): X509Certificate | null {
  try {
    const certificate = new X509Certificate(der);
    return certificate.raw.equals(der) ? certificate : null;
  } catch {
    return null;
  }
}

/** Error: USAGE, for what verifies nothing. */
function authorityOf(which: string, certificate: X509Certificate): Authority {
  const subject = nameOf(certificate.subject);
  if (!certificate.ca && !isSelfSigned(certificate)) {
    const hint = `give that of its authority, ${nameOf(certificate.issuer)}`;
    throw wrong(
      which,
      `(${subject}) is the certificate of a server or a person, and verifies no other`,
      hint,
    );
  }
  return {
    subject,
    pem: encodeCertificate(certificate.raw),
    findings: findingsOf(subject, certificate),
  };
}

function isSelfSigned(certificate: X509Certificate): boolean {
  try {
    return certificate.issuer === certificate.subject && certificate.verify(certificate.publicKey);
  } catch {
    // A key of an algorithm that this OpenSSL does not know.
    return false;
  }
}

/** The bytes of the image are the same whatever the clock says: what has expired is a matter for a word. */
function findingsOf(subject: string, { ca, validFrom, validTo }: X509Certificate): readonly Finding[] {
  const [from, to, now] = [Date.parse(validFrom), Date.parse(validTo), Date.now()];
  const say = (what: string, hint: string): Finding => ({
    level: 'warning',
    message: `--ca ${subject}: ${what}`,
    hint,
  });
  return [
    ...(to < now ? [say(`it has expired on ${validTo}: nothing that it signed verifies`, NEW_HINT)] : []),
    ...(from > now ? [say(`it is valid from ${validFrom} only`, NEW_HINT)] : []),
    ...(ca
      ? []
      : [
          say(
            'it is no authority (basicConstraints): OpenSSL and Go trust it as itself, others do not',
            NEW_HINT,
          ),
        ]),
  ];
}

const NEW_HINT = 'give the certificate of an authority that is valid with --ca';

/** On one line. */
function nameOf(name: string | undefined): string {
  const line = (name ?? '')
    .split('\n')
    .reverse()
    .join(', ')
    .replaceAll(/\p{Cc}/gu, '?');
  return line === '' ? 'without a name' : line.slice(0, SUBJECT_LIMIT);
}
