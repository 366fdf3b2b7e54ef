import { isStaticGlibc, isStaticMusl, type NeedContext, type NeedRow } from '../need-row.ts';

const RESOLVER = [
  'getaddrinfo',
  'gethostbyname',
  'gethostbyname_r',
  'gethostbyname2',
  'gethostbyname2_r',
  'gethostbyaddr',
  'getnameinfo',
];

/** `2.31` < `2.34`: glibc before 2.34 keeps files and dns look-ups in libraries of their own. */
function isOlderThan234(version: string | null): boolean {
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  return version !== null && (major < 2 || (major === 2 && minor < 34));
}

const failureOf = ({ program, closureGlibc }: NeedContext): string => {
  if (program.libc === 'musl')
    return 'every look-up waits 5 s and fails with `Try again` where /etc/resolv.conf is missing';
  if (program.go !== null) return 'lookup NAME on [::1]:53: connection refused';
  if (isOlderThan234(closureGlibc))
    return 'no look-up works: libnss_files.so.2, libnss_dns.so.2 and libresolv.so.2 are opened at run time';
  return '`localhost` fails with `Temporary failure in name resolution` where /etc/hosts is missing';
};

/** Host names, services and protocols. */
export const nameResolutionRows: readonly NeedRow[] = [
  {
    need: 'name-resolution',
    signatures: [
      { find: 'import', anyOf: RESOLVER, level: 'likely' },
      { find: 'symbol', anyOf: RESOLVER, when: isStaticMusl, level: 'likely' },
      { find: 'string', anyOf: ['/etc/resolv.conf', '/etc/hosts'], when: isStaticMusl, level: 'likely' },
      // Not getaddrinfo: every static Rust program on glibc holds that text. hazards.md 3.
      {
        find: 'string',
        anyOf: ['/etc/nsswitch.conf'],
        with: ['libidn2'],
        when: isStaticGlibc,
        level: 'likely',
      },
      {
        find: 'go-function',
        anyOf: [
          'net.(*Resolver).lookupIPAddr',
          'net.(*Resolver).lookupHost',
          'net.(*Resolver).goLookupIPCNAMEOrder',
        ],
        level: 'likely',
      },
    ],
    failure: failureOf,
    fix: '/etc/hosts and /etc/resolv.conf come from the runtime (docker, podman, Kubernetes); ship no nsswitch.conf that names other modules than `files` and `dns`',
    decide: (found, { closureGlibc }) => ({
      level: found.level,
      ...(isOlderThan234(closureGlibc)
        ? { details: { libraries: 'libnss_files.so.2 libnss_dns.so.2 libresolv.so.2' } }
        : {}),
    }),
  },
  {
    need: 'nss-modules',
    signatures: [{ find: 'string', anyOf: ['/etc/nsswitch.conf'], when: isStaticGlibc, level: 'possible' }],
    failure:
      'on a base whose nsswitch.conf names another module than `files` and `dns`, look-ups return nothing without an error, or the module of another glibc ends the program with SIGFPE (exit 136)',
    fix: 'ship no /etc/nsswitch.conf, or one with `passwd: files`, `group: files`, `hosts: files dns`',
    sizeBytes: 47,
  },
  {
    need: 'services',
    signatures: [
      {
        find: 'symbol',
        anyOf: ['getservbyname', 'getservbyport'],
        level: 'likely',
      },
      // getaddrinfo of a static glibc brings the _r forms with it.
      { find: 'import', anyOf: ['getservbyname_r', 'getservbyport_r'], level: 'likely' },
      {
        find: 'symbol',
        anyOf: ['getprotobyname', 'getprotobyname_r', 'getprotobynumber'],
        when: (facts) => facts.libc !== 'musl',
        level: 'possible',
      },
      { find: 'string', anyOf: ['/etc/services'], when: isStaticMusl, level: 'possible' },
    ],
    failure:
      'service names are unknown: getservbyname returns NULL, getaddrinfo fails with `Servname not supported`',
    fix: '/etc/services (12,813 bytes) and /etc/protocols (3,144 bytes) of the package netbase, or port numbers',
    sizeBytes: 15_957,
  },
];
