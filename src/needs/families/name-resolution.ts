import { needFamily } from '../need-family.ts';
import { isStaticGlibc, isStaticMusl } from '../program-kinds.ts';
import type { NeedContext } from '../signature.ts';
import { reasonOf, type Supplier, textFile } from '../supply.ts';
import { NSSWITCH, ONLY_FILES } from './nss-modules.ts';

const RESOLVER = [
  'getaddrinfo',
  'gethostbyname',
  'gethostbyname_r',
  'gethostbyname2',
  'gethostbyname2_r',
  'gethostbyaddr',
  'getnameinfo',
];
const MODULES = ['libnss_files.so.2', 'libnss_dns.so.2', 'libresolv.so.2'];

/** `2.31` < `2.34`: glibc before 2.34 keeps files and dns look-ups in libraries of their own. */
function isOlderThan234(version: string | null): boolean {
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  return version !== null && (major < 2 || (major === 2 && minor < 34));
}

function failure({ program, closureGlibc }: NeedContext): string {
  if (program.libc === 'musl')
    return 'musl resolves unlike glibc: a name with ndots dots or more is not tried in the search domains; no answer for AAAA (NXDOMAIN) fails the A too; before 1.2.4 answers that want TCP are lost; nsswitch.conf is not read; without /etc/resolv.conf every look-up waits 5 s';
  if (program.go !== null) return 'lookup NAME on [::1]:53: connection refused';
  if (isOlderThan234(closureGlibc))
    return 'no look-up works: libnss_files.so.2, libnss_dns.so.2 and libresolv.so.2 are opened at run time';
  return '`localhost` fails with `Temporary failure in name resolution` where /etc/hosts is missing';
}

/** glibc before 2.34 looks for hosts in DNS first and loads its modules; later ones need no file. */
const supply: Supplier = (need) => {
  const libraries = need.details?.['libraries'];
  if (libraries === undefined) return null;
  return {
    entries: [textFile(NSSWITCH, ONLY_FILES, need)],
    libraries: libraries.split(' ').map((name) => ({ name, reason: reasonOf(need) })),
  };
};

/** Host names. Their files are the runtime's: no image is judged by them. */
export const nameResolution = needFamily({
  need: 'name-resolution',
  signatures: [
    { find: 'import', anyOf: RESOLVER, level: 'likely' },
    { find: 'symbol', anyOf: RESOLVER, when: isStaticMusl, level: 'likely' },
    { find: 'string', anyOf: ['/etc/resolv.conf', '/etc/hosts'], when: isStaticMusl, level: 'likely' },
    // Not getaddrinfo: every static Rust program on glibc holds that text.
    {
      find: 'string',
      anyOf: [NSSWITCH],
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
  decide: (found, { closureGlibc }) => ({
    level: found.level,
    ...(isOlderThan234(closureGlibc) ? { details: { libraries: MODULES.join(' ') } } : {}),
  }),
  failure,
  fix: '/etc/hosts and /etc/resolv.conf come from the runtime (docker, podman, Kubernetes); ship no nsswitch.conf that names other modules than `files` and `dns`',
  brings: `for glibc before 2.34 \`${NSSWITCH}\` and the modules ${MODULES.join(', ')}; \`/etc/hosts\` and \`/etc/resolv.conf\` are the runtime’s`,
  supply,
  causes: [
    {
      cause: 'no-name-server',
      title: 'names cannot be resolved: no network, no name server, or no /etc/hosts',
      command: () => 'docker run --rm --network NETWORK busybox nslookup HOST',
      fixes: [
        'look at what was given to docker run --network and --dns: the network `none` has no name server',
        'programs on musl read only the resolv.conf and hosts that the runtime gives',
        'remove other modules than `files` and `dns` from the image’s /etc/nsswitch.conf',
      ],
    },
  ],
  texts: [
    {
      name: 'names cannot be resolved',
      match:
        /Temporary failure in name resolution|Name does not resolve|Name or service not known|Could not resolve host|failed to lookup address information|lookup \S+ on \S+:53|lookup [^\s:]+: no such host|no such host|server misbehaving/i,
      causes: ['no-name-server', 'nsswitch-module'],
    },
  ],
});
