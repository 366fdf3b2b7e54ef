import { isStatic } from '../program-kinds.ts';
import type { NeedDetails } from '../places.ts';
import type { NeedContext } from '../signature.ts';

/** Where Go, Rust, curl, GnuTLS and Debian's own programs look. */
export const BUNDLE = '/etc/ssl/certs/ca-certificates.crt';
/** Where distributions keep the bundle: Debian and Alpine, Fedora, openSUSE, old Fedora, Arch and BSDs. */
export const BUNDLES = [
  BUNDLE,
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/ssl/cert.pem',
];
/** Other directories in which TLS libraries are built to look: LibreSSL's, wolfSSL's and curl's of /usr/local. */
const OTHER_BUNDLES = [
  '/usr/local/ssl/cert.pem',
  '/usr/local/etc/ssl/cert.pem',
  '/etc/certs/ca-certificates.crt',
];

const LIBCRYPTO = /^libcrypto\.so/;
/** Those that have the path of a bundle compiled in. */
const WITH_BUILT_IN_PATH = /^lib(?:curl|gnutls|wolfssl|tls)[.-]/;

/** Each names one bundle: OpenSSL, Go and Rust; curl; Python; git; Node; Amazon's tools. */
const VARIABLES = [
  'SSL_CERT_FILE',
  'CURL_CA_BUNDLE',
  'REQUESTS_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'NODE_EXTRA_CA_CERTS',
  'AWS_CA_BUNDLE',
];
/** A directory in which each authority has a file of its own, by the hash of its name. */
const DIRECTORY_VARIABLE = 'SSL_CERT_DIR';
const DIRECTORY = '/etc/ssl/certs';
/** They take a directory, or the path of one (openssl-verification-options(1)). */
const LOADS_DIRECTORY = [
  'SSL_CTX_load_verify_dir',
  'X509_STORE_load_path',
  'SSL_CTX_load_verify_locations',
  'X509_STORE_load_locations',
];

const SAFE = /^\/[\w./+-]+$/;

/** The version text names it; without that, the path of the default bundle does, in a static program. */
export function opensslDirectory({ quotedAfter, pathBefore, program }: NeedContext): string | null {
  const named = quotedAfter('OPENSSLDIR: "', LIBCRYPTO);
  return named ?? (isStatic(program) && program.go === null ? pathBefore('/cert.pem') : null);
}

/** Every place where this program looks for authorities, beside the bundle that all images get. */
export function storePlaces(context: NeedContext): NeedDetails {
  const openssldir = opensslDirectory(context);
  const bundles = [...builtInBundles(context), ...VARIABLES.flatMap((name) => context.env[name] ?? [])];
  const directories = [context.env[DIRECTORY_VARIABLE] ?? [], builtInDirectory(context, openssldir) ?? []];
  const lists = { bundles: bundles.filter(isOther), directories: directories.flat().filter(isOther) };
  return {
    ...(openssldir !== null && { openssldir }),
    ...(lists.bundles.length > 0 && { bundles: [...new Set(lists.bundles)].join(' ') }),
    ...(lists.directories.length > 0 && { directories: [...new Set(lists.directories)].join(' ') }),
  };
}

const isOther = (path: string): boolean => path !== BUNDLE && SAFE.test(path) && !path.includes('/../');

/** Of a list the first that is there is taken: where it has the usual place, that is enough. */
function builtInBundles({ program, hasString }: NeedContext): readonly string[] {
  if (program.go !== null || hasString(BUNDLE, WITH_BUILT_IN_PATH)) return [];
  return [...BUNDLES, ...OTHER_BUNDLES].filter((path) => hasString(path, WITH_BUILT_IN_PATH));
}

function builtInDirectory(
  { program, hasString, hasSymbol }: NeedContext,
  openssldir: string | null,
): string | null {
  if (program.go !== null) return null;
  if (
    openssldir !== null &&
    hasSymbol('SSL_CTX_set_default_verify_dir') &&
    !hasSymbol('SSL_CTX_set_default_verify_paths')
  )
    return `${openssldir}/certs`;
  const isNamed = hasString(`\0${DIRECTORY}\0`) || hasString(`\0${DIRECTORY}/\0`);
  const isLoaded = LOADS_DIRECTORY.some((name) => hasSymbol(name));
  return isNamed && isLoaded && !BUNDLES.some((path) => hasString(path)) ? DIRECTORY : null;
}

/** What of them an evidence says. */
export function placesInWords({ openssldir, bundles, directories }: NeedDetails): string {
  return [
    openssldir === undefined ? '' : `; OPENSSLDIR is ${openssldir}`,
    bundles === undefined ? '' : `; it looks at ${bundles.replaceAll(' ', ', ')}`,
    directories === undefined ? '' : `; by hashes in ${directories.replaceAll(' ', ', ')}`,
  ].join('');
}
