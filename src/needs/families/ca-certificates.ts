import type { FileTree } from '../../rootfs/file-tree.ts';
import type { LayerEntry } from '../../rootfs/layer-entry.ts';
import {
  BUNDLE,
  BUNDLES,
  opensslDirectory,
  placesInWords,
  storePlaces,
} from '../certificates/bundle-places.ts';
import { bundleEntry, hashedEntries } from '../certificates/store-entries.ts';
import { type Ruling, confirmed, type ImageInUse, OPEN, ruledOut } from '../lack.ts';
import { needFamily } from '../need-family.ts';
import { firstFile, isFile } from '../places.ts';
import { hasLanguage, isDynamic, isGo, isStatic } from '../program-kinds.ts';
import type { Decision, FoundEvidence, NeedContext } from '../signature.ts';
import { missing, reasonOf, type SuppliedPart, type Supplier } from '../supply.ts';

/** The default of OpenSSL in Debian's, Alpine's and its own build: it reads only the directory that was compiled in. */
const OPENSSL_BUNDLES = ['/usr/lib/ssl/cert.pem', '/etc/ssl/cert.pem', '/usr/local/ssl/cert.pem'];

const OPENSSL_DEFAULT_STORE = [
  'SSL_CTX_set_default_verify_paths',
  'X509_STORE_set_default_paths',
  'SSL_CTX_set_default_verify_file',
  'SSL_CTX_set_default_verify_dir',
  'SSL_CTX_set_default_verify_store',
  'X509_get_default_cert_file',
];
/** Entry points of a TLS client; a server of net/http links crypto/x509 as well, and verifies nothing. */
const GO_TLS_CLIENTS = [
  'net/http.(*Client).do',
  'net/http.(*Transport).roundTrip',
  'crypto/tls.Dial',
  'crypto/tls.(*Dialer).DialContext',
  'crypto/tls.DialWithDialer',
  'crypto/x509.SystemCertPool',
  'google.golang.org/grpc/credentials.NewTLS',
];
const EMBEDDED_ROOTS = ['webpki-roots', 'webpki_roots'];
const GO_EMBEDDED_ROOTS = 'golang.org/x/crypto/x509roots/fallback.init.0';

function decide(found: FoundEvidence, context: NeedContext): Decision {
  const embedded = isGo(context.program)
    ? context.hasGoFunction(GO_EMBEDDED_ROOTS)
    : EMBEDDED_ROOTS.some((name) => context.hasString(name));
  const level = embedded ? 'possible' : found.level;
  const details = storePlaces(context);
  if (Object.keys(details).length === 0) return { level };
  return { level, evidence: `${found.evidence}${placesInWords(details)}`, details };
}

function fix(context: NeedContext): string {
  const { program } = context;
  const openssldir = opensslDirectory(context);
  const bundle = `a CA bundle at ${BUNDLE}`;
  if (openssldir !== null)
    return `${bundle}, and ${openssldir}/cert.pem -> it (this OpenSSL looks only there), or env SSL_CERT_FILE`;
  return program.go === null ? bundle : `${bundle}, or import golang.org/x/crypto/x509roots/fallback`;
}

function failure(context: NeedContext): string {
  const { program } = context;
  if (program.go !== null)
    return 'tls: failed to verify certificate: x509: certificate signed by unknown authority';
  if (opensslDirectory(context) !== null)
    return 'certificate verify failed: unable to get local issuer certificate (error 20)';
  return hasLanguage(program, 'rust')
    ? 'invalid peer certificate: UnknownIssuer'
    : 'server certificate verification failed';
}

/** A bundle that holds something: images exist with an empty one. */
function findBundle(tree: FileTree): string | null {
  return BUNDLES.find((path) => isFile(tree, path) && (tree.resolve(path)?.entry.sizeBytes ?? 0) > 0) ?? null;
}

/**
 * One bundle for all, the link that OpenSSL follows, and those to other places where this program looks
 * (docs/explanation/what-makes-a-binary-runnable.md, 4).
 */
const supply: Supplier = (need, { host, authorities }) => {
  const bundle = bundleEntry(host, findBundle(host), authorities, need);
  if (bundle === null) return missing(NO_BUNDLE, BUNDLE_HINT);
  const { openssldir, bundles = '', directories = '' } = need.details ?? {};
  const own =
    openssldir === undefined || !/^\/[\w./+-]+$/.test(openssldir)
      ? []
      : [`${openssldir.replace(/\/+$/, '')}/cert.pem`];
  const links = [...own, ...words(bundles)].filter((path) => path !== BUNDLE);
  const part: SuppliedPart = {
    entries: [
      bundle,
      ...[...new Set(links)].map((path): LayerEntry => ({
        kind: 'symlink',
        path,
        target: BUNDLE,
        reason: reasonOf(need),
      })),
      ...words(directories).flatMap((directory) => hashedEntries(bundle, directory, need)),
    ],
  };
  // With a private authority alone, whatever is in public is not trusted.
  return findBundle(host) === null ? { ...part, ...missing(NO_BUNDLE, BUNDLE_HINT) } : part;
};

const NO_BUNDLE = 'the build machine has no CA bundle';
const BUNDLE_HINT = `apt-get install ca-certificates, or --add BUNDLE.pem:${BUNDLE}`;

const words = (list: string): readonly string[] => list.split(' ').filter((word) => word !== '');

function checkBundle({ tree, env }: ImageInUse): Ruling {
  const bundle = findBundle(tree);
  if (bundle === null) return confirmed('no CA bundle in the image');
  const named = env['SSL_CERT_FILE'];
  if (named !== undefined)
    return isFile(tree, named)
      ? ruledOut(`SSL_CERT_FILE is ${named}, which is there`)
      : confirmed(`SSL_CERT_FILE is ${named}, and there is no such file`);
  return firstFile(tree, OPENSSL_BUNDLES) === null
    ? OPEN
    : ruledOut(`${bundle} is there, and a cert.pem for OpenSSL`);
}

/** What every TLS library says alike. */
const UNKNOWN_CA = ['no-ca-certificates', 'private-ca'] as const;

/** CA roots. One bundle plus a link for OpenSSL serves all but Java. */
export const caCertificates = needFamily({
  need: 'ca-certificates',
  signatures: [
    { find: 'import', anyOf: OPENSSL_DEFAULT_STORE, level: 'likely' },
    // libcrypto.a links its default store into a program that only hashes; libssl.a comes with TLS alone.
    { find: 'symbol', anyOf: ['SSL_CTX_set_default_verify_paths'], when: isStatic, level: 'likely' },
    {
      find: 'string',
      anyOf: ['fragmented client hello'],
      with: ['SSL_CERT_FILE'],
      when: (facts) => isStatic(facts) && !isGo(facts),
      level: 'likely',
    },
    {
      find: 'symbol',
      anyOf: ['curl_easy_perform', 'curl_multi_perform', 'curl_multi_socket_action'],
      level: 'likely',
    },
    {
      find: 'symbol',
      anyOf: ['gnutls_certificate_set_x509_system_trust', 'gnutls_x509_trust_list_add_system_trust'],
      level: 'likely',
    },
    { find: 'go-function', anyOf: GO_TLS_CLIENTS, with: ['crypto/x509.loadSystemRoots'], level: 'likely' },
    { find: 'go-function', anyOf: ['crypto/x509.loadSystemRoots'], level: 'possible' },
    // openssl-probe, both of its generations.
    {
      find: 'string',
      anyOf: ['tls-ca-bundle.pem', '/etc/pki/ca-trust/extracted/pem'],
      when: (facts) => hasLanguage(facts, 'rust'),
      level: 'likely',
    },
    {
      find: 'string',
      anyOf: [BUNDLE],
      when: (facts) => isStatic(facts) && !isGo(facts),
      level: 'likely',
    },
    // Who names a bundle reads it: mbed TLS has no default place, and others are told one.
    { find: 'string', anyOf: BUNDLES, when: (facts) => isDynamic(facts) && !isGo(facts), level: 'likely' },
    {
      find: 'symbol',
      anyOf: ['SSL_CTX_load_verify_dir', 'X509_STORE_load_path', 'mbedtls_x509_crt_parse_path'],
      level: 'likely',
      inLibraries: 'no',
    },
  ],
  asks: EMBEDDED_ROOTS,
  asksGo: [GO_EMBEDDED_ROOTS],
  decide,
  failure,
  fix,
  sizeBytes: 219_597,
  places: () => BUNDLES,
  paths: [
    ...BUNDLES,
    '/etc/ssl/certs',
    '/etc/pki/ca-trust',
    '/etc/pki/tls/certs',
    '/usr/lib/ssl/cert.pem',
    '/usr/lib/ssl/certs',
    '/usr/share/ca-certificates',
  ],
  brings: `the bundle of this machine at \`${BUNDLE}\`, with what \`--ca\` adds; links to it from \`OPENSSLDIR/cert.pem\` and from the other places that the program, its TLS library or the environment (\`SSL_CERT_FILE\` …) names; files by hash where it looks in a directory`,
  fulfilledBy: (tree) => findBundle(tree) !== null,
  supply,
  causes: [
    {
      cause: 'no-ca-certificates',
      title: 'the image has no CA certificates where this program looks',
      check: checkBundle,
      fixes: [
        `add the bundle: \`morsel build PROJECT --add ${BUNDLE}:${BUNDLE}\`, where it is not added by itself`,
        `for OpenSSL also --env SSL_CERT_FILE=${BUNDLE}: it reads only its own directory`,
        `COPY --from=alpine ${BUNDLE} /etc/ssl/certs/`,
      ],
    },
    {
      cause: 'private-ca',
      title:
        'the server’s certificate comes from a CA that is in no public bundle (a company’s proxy, a test CA), or has expired',
      command: () => 'openssl s_client -connect HOST:443 -showcerts </dev/null',
      fixes: ['append that CA’s certificate to the bundle of the image', 'check the clock of the machine'],
    },
  ],
  texts: [
    {
      name: 'Go: TLS, the certificate’s CA is not known',
      match: /x509: certificate signed by unknown authority|x509: failed to load system roots/,
      causes: UNKNOWN_CA,
    },
    {
      name: 'OpenSSL, curl: the certificate’s CA is not known',
      match:
        /unable to get local issuer certificate|certificate verify failed|SSL certificate problem|curl: \((?:60|77)\)|error setting certificate (?:verify locations|file)|CERTIFICATE_VERIFY_FAILED/i,
      causes: UNKNOWN_CA,
    },
    {
      name: 'GnuTLS, wget, git: the certificate’s CA is not known',
      match:
        /server certificate verification failed|certificate is not trusted|The certificate of .* is not trusted|hasn't got a known issuer/i,
      causes: UNKNOWN_CA,
    },
    {
      name: 'Rust: TLS, the certificate’s CA is not known',
      match: /invalid peer certificate: UnknownIssuer|UnknownIssuer|no native root CA certificates found/,
      causes: UNKNOWN_CA,
    },
  ],
});
