import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { readTextIfAny } from '../../core/read-small-file.ts';

/** Where distributions keep the authorities that this machine trusts: Go's crypto/x509 looks at the same. */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];
const BUNDLE_LIMIT_BYTES = 8 * 1024 * 1024;

/** Authorities of one registry alone (dockerd, "Verify repository client with certificates"; containers-certs.d(5)). */
const REGISTRY_FOLDERS = ['/etc/docker/certs.d', '/etc/containers/certs.d'];

/**
 * PEM texts of the authorities by which a registry is verified: Node's own, and the machine's, since docker and podman
 * trust a company's authority once it is installed there. SSL_CERT_FILE is in place of the machine's, as for Go programs.
 */
export function trustedCertificates(host: string, env: NodeJS.ProcessEnv = process.env): readonly string[] {
  const named = env['SSL_CERT_FILE'];
  const files = named === undefined || named === '' ? BUNDLES : [named];
  const bundle = firstText(files);
  const extra = env['NODE_EXTRA_CA_CERTS'];
  return [
    ...rootCertificates,
    ...(bundle === null ? [] : [bundle]),
    ...(extra === undefined || extra === '' ? [] : textsOf([extra])),
    ...textsOf(REGISTRY_FOLDERS.flatMap((folder) => certificatesIn(join(folder, host)))),
  ];
}

function firstText(files: readonly string[]): string | null {
  for (const file of files) {
    const text = readTextIfAny(file, BUNDLE_LIMIT_BYTES);
    if (text !== null) return text;
  }
  return null;
}

function textsOf(files: readonly string[]): readonly string[] {
  return files.flatMap((file) => readTextIfAny(file, BUNDLE_LIMIT_BYTES) ?? []);
}

function certificatesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.crt'))
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return []; // almost never there
  }
}
