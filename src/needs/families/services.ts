import { needFamily } from '../need-family.ts';
import { isDynamic, isStaticMusl } from '../program-kinds.ts';
import { entries, hostFile, missing, type Supplier } from '../supply.ts';

const SERVICES = '/etc/services';
const PROTOCOLS = '/etc/protocols';

const supply: Supplier = (need, { host }) => {
  const services = hostFile(host, SERVICES, SERVICES, need);
  return services === null
    ? missing(`the build machine has no ${SERVICES}`, 'apt-get install netbase')
    : entries(services, hostFile(host, PROTOCOLS, PROTOCOLS, need));
};

/** Names of services and protocols. */
export const services = needFamily({
  need: 'services',
  signatures: [
    { find: 'symbol', anyOf: ['getservbyname', 'getservbyport'], level: 'likely' },
    // getaddrinfo of a static glibc brings the _r forms with it.
    { find: 'import', anyOf: ['getservbyname_r', 'getservbyport_r'], level: 'likely' },
    {
      find: 'symbol',
      anyOf: ['getprotobyname', 'getprotobyname_r', 'getprotobynumber'],
      // In musl they are built in; of static glibc the resolver brings them.
      when: (facts) => facts.libc !== 'musl' && isDynamic(facts),
      level: 'likely',
    },
    { find: 'string', anyOf: [SERVICES], when: isStaticMusl, level: 'possible' },
  ],
  failure:
    'service names are unknown: getservbyname returns NULL, getaddrinfo fails with `Servname not supported`',
  fix: '/etc/services (12,813 bytes) and /etc/protocols (3,144 bytes) of the package netbase, or port numbers',
  sizeBytes: 15_957,
  paths: [SERVICES, PROTOCOLS],
  brings: `\`${SERVICES}\` and \`${PROTOCOLS}\``,
  places: () => [SERVICES],
  supply,
});
