import type { FileTree } from '../../rootfs/file-tree.ts';
import { hostFile, missing, reasonOf, type Supplier } from './supply.ts';

/** Where distributions keep the bundle: Debian and Alpine, Fedora, openSUSE, old Fedora, Arch and BSDs. */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/ssl/cert.pem',
];
const BUNDLE = '/etc/ssl/certs/ca-certificates.crt';

export function findBundle(host: FileTree): string | null {
  return BUNDLES.find((path) => (host.resolve(path)?.entry.sizeBytes ?? 0) > 0) ?? null;
}

/**
 * One bundle where Go, Rust, curl, GnuTLS and Debian's own programs look, and the link that OpenSSL follows: it reads
 * only the directory that was compiled in (hazards.md 3, rows 11 to 14).
 */
export const supplyCertificates: Supplier = (need, { host }) => {
  const from = findBundle(host);
  if (from === null) {
    return missing(
      need,
      'the build machine has no CA bundle',
      'apt-get install ca-certificates, or --add BUNDLE.pem:/etc/ssl/certs/ca-certificates.crt',
    );
  }
  const bundle = hostFile(host, from, BUNDLE, need);
  if (bundle === null) return null;
  const openssldir = need.details?.['openssldir'];
  if (openssldir === undefined || !/^\/[\w./+-]+$/.test(openssldir)) return { entries: [bundle] };
  const link = `${openssldir.replace(/\/+$/, '')}/cert.pem`;
  if (link === BUNDLE) return { entries: [bundle] };
  return { entries: [bundle, { kind: 'symlink', path: link, target: BUNDLE, reason: `${reasonOf(need)}` }] };
};
