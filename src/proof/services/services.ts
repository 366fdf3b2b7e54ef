/** What a check puts beside its program, in the sandbox's own network. */
export interface Services {
  readonly dns: DnsService;
  /** null: only names are answered. */
  readonly tls: TlsService | null;
}

export interface DnsService {
  /** Domains in which a name without a dot is looked for. */
  readonly search: readonly string[];
  /** By lower-case name, without the last dot. */
  readonly records: Readonly<Record<string, DnsRecord>>;
}

export interface DnsRecord {
  readonly A: readonly string[];
  readonly AAAA: readonly string[];
  readonly TXT: readonly string[];
  /** Another name, which is looked for among the records. */
  readonly CNAME: string | null;
  /** Questions that are not answered, by their type. */
  readonly fails: Readonly<Partial<Record<DnsType, DnsFailure>>>;
  /** Over UDP the answer is said to be too long: the client has to ask by TCP. */
  readonly truncate: boolean;
}

export const DNS_TYPES = ['A', 'AAAA', 'TXT'] as const;
export type DnsType = (typeof DNS_TYPES)[number];

/** Response codes of RFC 1035; `silence`: no answer at all. */
export const DNS_FAILURES = ['NXDOMAIN', 'SERVFAIL', 'REFUSED', 'silence'] as const;
export type DnsFailure = (typeof DNS_FAILURES)[number];

export interface TlsService {
  readonly port: number;
  /** By lower-case name. */
  readonly hosts: Readonly<Record<string, TlsHost>>;
}

/**
 * `good`: of the check's authority, for the host's name, of today. `wrong-name`, `expired`: the same but for that.
 * `foreign`: of an authority that nobody trusts.
 */
export const CERTIFICATE_KINDS = ['good', 'wrong-name', 'expired', 'foreign'] as const;
export type CertificateKind = (typeof CERTIFICATE_KINDS)[number];

export interface TlsHost {
  readonly certificate: CertificateKind;
  /** What a path answers; any other is 404. */
  readonly paths: Readonly<Record<string, TlsAnswer>>;
}

export interface TlsAnswer {
  readonly status: number;
  readonly body: string;
}

/** Where docker's own name server is, in its networks: RFC 1122 3.2.1.3, all of 127/8 is this host. */
export const NAME_SERVER = '127.0.0.11';
export const DNS_PORT = 53;
