import type { FileTree } from '../../rootfs/file-tree.ts';
import { type Ruling, confirmed, type ImageInUse, OPEN, ruledOut } from '../lack.ts';
import { needFamily } from '../need-family.ts';
import { firstFile, isFile } from '../places.ts';
import { hasLanguage, isGo, isStatic } from '../program-kinds.ts';
import type { Decision, FoundEvidence, NeedContext } from '../signature.ts';
import { hostFile, missing, reasonOf, type Supplier } from '../supply.ts';

/** Where Go, Rust, curl, GnuTLS and Debian's own programs look. */
const BUNDLE = '/etc/ssl/certs/ca-certificates.crt';
/** Where distributions keep the bundle: Debian and Alpine, Fedora, openSUSE, old Fedora, Arch and BSDs. */
const BUNDLES = [
  BUNDLE,
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/ssl/cert.pem',
];
/** The default of OpenSSL in Debian's, Alpine's and its own build: it reads only the directory that was compiled in. */
const OPENSSL_BUNDLES = ['/usr/lib/ssl/cert.pem', '/etc/ssl/cert.pem', '/usr/local/ssl/cert.pem'];

const LIBCRYPTO = /^libcrypto\.so/;
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

/** The version text names it; without that, the path of the default bundle does, in a static program. */
function opensslDirectory({ quotedAfter, pathBefore, program }: NeedContext): string | null {
  const named = quotedAfter('OPENSSLDIR: "', LIBCRYPTO);
  return named ?? (isStatic(program) && !isGo(program) ? pathBefore('/cert.pem') : null);
}

function decide(found: FoundEvidence, context: NeedContext): Decision {
  const openssldir = opensslDirectory(context);
  const embedded = isGo(context.program)
    ? context.hasGoFunction(GO_EMBEDDED_ROOTS)
    : EMBEDDED_ROOTS.some((name) => context.hasString(name));
  const level = embedded ? 'possible' : found.level;
  if (openssldir === null) return { level };
  return { level, evidence: `${found.evidence}; OPENSSLDIR is ${openssldir}`, details: { openssldir } };
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

/** One bundle for all, and the link that OpenSSL follows (docs/explanation/what-makes-a-binary-runnable.md, 4). */
const supply: Supplier = (need, { host }) => {
  const from = findBundle(host);
  if (from === null) {
    return missing(
      'the build machine has no CA bundle',
      `apt-get install ca-certificates, or --add BUNDLE.pem:${BUNDLE}`,
    );
  }
  const bundle = hostFile(host, from, BUNDLE, need);
  if (bundle === null) return null;
  const openssldir = need.details?.['openssldir'];
  if (openssldir === undefined || !/^\/[\w./+-]+$/.test(openssldir)) return { entries: [bundle] };
  const link = `${openssldir.replace(/\/+$/, '')}/cert.pem`;
  if (link === BUNDLE) return { entries: [bundle] };
  return { entries: [bundle, { kind: 'symlink', path: link, target: BUNDLE, reason: reasonOf(need) }] };
};

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
  ],
  asks: EMBEDDED_ROOTS,
  asksGo: [GO_EMBEDDED_ROOTS],
  decide,
  failure,
  fix,
  sizeBytes: 219_597,
  places: () => BUNDLES,
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
