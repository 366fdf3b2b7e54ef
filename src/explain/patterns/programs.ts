import type { ErrorPattern } from '../cause-row.ts';

/** Texts of Go, Rust, OpenSSL, curl, GnuTLS, glibc and ncurses for files that a small image lacks. */
export const programPatterns: readonly ErrorPattern[] = [
  {
    name: 'Go: TLS, the certificate’s CA is not known',
    match: /x509: certificate signed by unknown authority|x509: failed to load system roots/,
    causes: ['no-ca-certificates', 'private-ca'],
  },
  {
    name: 'OpenSSL, curl: the certificate’s CA is not known',
    match:
      /unable to get local issuer certificate|certificate verify failed|SSL certificate problem|curl: \((?:60|77)\)|error setting certificate (?:verify locations|file)|CERTIFICATE_VERIFY_FAILED/i,
    causes: ['no-ca-certificates', 'private-ca'],
  },
  {
    name: 'GnuTLS, wget, git: the certificate’s CA is not known',
    match:
      /server certificate verification failed|certificate is not trusted|The certificate of .* is not trusted|hasn't got a known issuer/i,
    causes: ['no-ca-certificates', 'private-ca'],
  },
  {
    name: 'Rust: TLS, the certificate’s CA is not known',
    match: /invalid peer certificate: UnknownIssuer|UnknownIssuer|no native root CA certificates found/,
    causes: ['no-ca-certificates', 'private-ca'],
  },
  {
    name: 'Go: a time zone is not known',
    match: /unknown time zone (?<zone>\S+)|failed to find a timezone|InvalidTimezone/,
    causes: ['no-time-zone'],
  },
  {
    name: 'Go: a program is not found',
    match: /exec: \\?"(?<path>[^"\\/]+)\\?": executable file not found in \$PATH/,
    causes: ['missing-program', 'command-not-found'],
  },
  {
    name: 'Go: the current user',
    match:
      /user: Current requires cgo|user: (?:lookup|unknown) user|unknown userid \d+|whoami: cannot find name for user ID|I have no name!/i,
    causes: ['no-users'],
  },
  {
    name: 'temporary files',
    match: /\/tmp\/?[^\n:]*: (?:no such file or directory|permission denied)/i,
    causes: ['no-tmp'],
  },
  {
    name: 'a read-only file system',
    match: /read-only file system/i,
    causes: ['read-only-root', 'no-tmp'],
  },
  {
    name: 'C++: std::locale',
    match: /locale::facet::_S_create_c_locale name not valid|cannot change locale|setlocale: LC_\w+: cannot/,
    causes: ['no-locale'],
  },
  {
    name: 'names cannot be resolved',
    match:
      /Temporary failure in name resolution|Name does not resolve|Name or service not known|Could not resolve host|failed to lookup address information|lookup \S+ on \S+:53|lookup [^\s:]+: no such host|no such host|server misbehaving/i,
    causes: ['no-name-server', 'nsswitch-module'],
  },
  {
    name: 'ncurses: the terminal',
    match:
      /Error opening terminal: (?<term>\S+?)\.?(?:\s|$)|terminals database is inaccessible|unknown terminal type/i,
    causes: ['terminal-description'],
  },
  {
    name: 'Go: the processor is too old',
    match: /This program can only be run on AMD64 processors with v[234]/,
    causes: ['cpu-level'],
  },
  {
    name: 'threads cannot be made',
    match:
      /getaddrinfo\(\) thread failed to start|pthread_create[^\n]*(?:Operation not permitted|EPERM)|failed to spawn thread[^\n]*Operation not permitted/i,
    causes: ['clone3-refused', 'security-policy'],
  },
  {
    name: 'a privileged port',
    match:
      /bind[^\n]*permission denied|listen tcp [^\n]*: permission denied|Permission denied \(os error 13\)[^\n]*bind|bind\(\) to [^\n]+ failed \(13/i,
    causes: ['capability-missing'],
  },
  {
    name: 'an operation is not permitted',
    match: /operation not permitted/i,
    causes: ['capability-missing', 'security-policy'],
  },
];
