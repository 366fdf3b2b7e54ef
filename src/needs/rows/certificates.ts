import {
  hasLanguage,
  isGo,
  isStatic,
  type FoundEvidence,
  type NeedContext,
  type NeedRow,
} from '../need-row.ts';

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

function decide(found: FoundEvidence, context: NeedContext): ReturnType<NonNullable<NeedRow['decide']>> {
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
  const bundle = 'a CA bundle at /etc/ssl/certs/ca-certificates.crt';
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

/** CA roots. One bundle plus a link for OpenSSL serves all but Java. */
export const certificatesRows: readonly NeedRow[] = [
  {
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
        anyOf: ['/etc/ssl/certs/ca-certificates.crt'],
        when: (facts) => isStatic(facts) && !isGo(facts),
        level: 'likely',
      },
    ],
    failure,
    fix,
    sizeBytes: 219_597,
    asks: EMBEDDED_ROOTS,
    asksGo: [GO_EMBEDDED_ROOTS],
    decide,
  },
];
