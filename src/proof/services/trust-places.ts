/** Where distributions keep the authorities that they trust, and where OpenSSL looks: the files of `needs/`, links followed. */
const BUNDLES: readonly string[] = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/ssl/cert.pem',
  '/usr/lib/ssl/cert.pem',
  '/usr/local/ssl/cert.pem',
];
/** Of OpenSSL, Go and rustls-native-certs; of curl; of Python's requests; of Node. */
const VARIABLES = ['SSL_CERT_FILE', 'CURL_CA_BUNDLE', 'REQUESTS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS'];

/** Files in which a program with this environment may look for authorities. */
export function trustPlaces(env: Readonly<Record<string, string>>): readonly string[] {
  const named = VARIABLES.flatMap((name) => env[name] ?? []).filter((path) => path.startsWith('/'));
  return [...new Set([...named, ...BUNDLES])];
}
