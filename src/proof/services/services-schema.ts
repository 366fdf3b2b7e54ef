import { isIPv4, isIPv6 } from 'node:net';
import * as v from 'valibot';
import { described, describeFields, type FieldDescription, listOf } from '../../json/index.ts';
import { CERTIFICATE_KINDS, DNS_FAILURES, DNS_TYPES, type Services } from './services.ts';

/** RFC 1035 2.3.4, without the last dot. */
const NAME_LIMIT = 253;
const LABEL = '[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?';
const HOST_NAME = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`);
const RECORDS_LIMIT = 200;
/** Of one type, of one name. */
const ADDRESSES_LIMIT = 100;
/** MAXDNSRCH of resolv.conf(5), before it was without limit. */
const SEARCH_LIMIT = 6;
/** One string of a TXT record: its length is a byte. */
const TEXT_LIMIT_BYTES = 255;
/** Each has a certificate, which is signed when the check runs. */
const HOSTS_LIMIT = 20;
const PATHS_LIMIT = 100;
const PATH_LIMIT = 2000;
/** Of all answers of a check. */
const BODIES_LIMIT = 1024 * 1024;
const HTTPS_PORT = 443;
const PORT_LIMIT = 65535;

const hostName = v.pipe(
  v.string(),
  v.maxLength(NAME_LIMIT, `at most ${NAME_LIMIT} characters`),
  v.regex(HOST_NAME, 'a host name'),
  v.transform((name) => name.toLowerCase()),
);
const addresses = (isAddress: (text: string) => boolean, what: string, description: string) =>
  v.optional(
    v.pipe(
      listOf(v.pipe(v.string(), v.check(isAddress, what)), ADDRESSES_LIMIT, 'addresses'),
      v.description(description),
    ),
    [],
  );
const text = v.pipe(
  v.string(),
  v.check((one) => Buffer.byteLength(one) <= TEXT_LIMIT_BYTES, `at most ${TEXT_LIMIT_BYTES} bytes`),
);

const recordSchema = v.strictObject({
  A: addresses(
    isIPv4,
    'an IPv4 address',
    'Addresses; 127.0.0.1 is the sandbox itself, and where its TLS server is.',
  ),
  AAAA: addresses(isIPv6, 'an IPv6 address', 'The same of IPv6: ::1.'),
  TXT: v.optional(v.pipe(listOf(text, ADDRESSES_LIMIT, 'texts'), v.description('Texts.')), []),
  CNAME: described(hostName, 'Another of these names; then nothing else stands beside it.'),
  fails: v.optional(
    v.pipe(
      v.record(v.picklist(DNS_TYPES), v.picklist(DNS_FAILURES)),
      v.description(
        'By type of question, how it fails: { "AAAA": "SERVFAIL" }; silence is no answer at all.',
      ),
    ),
    {},
  ),
  truncate: v.optional(
    v.pipe(v.boolean(), v.description('The answer is too long for UDP: the program must ask again by TCP.')),
    false,
  ),
});

const answer = v.union([
  v.pipe(
    v.string(),
    v.transform((body) => ({ status: 200, body })),
  ),
  v.strictObject({
    status: v.optional(v.pipe(v.number(), v.integer(), v.minValue(200), v.maxValue(599)), 200),
    body: v.optional(v.string(), ''),
  }),
]);
const path = v.pipe(
  v.string(),
  v.maxLength(PATH_LIMIT, `at most ${PATH_LIMIT} characters`),
  v.regex(/^\/[!-~]*$/, 'a path that begins with /'),
);
const hostSchema = v.strictObject({
  certificate: v.optional(
    v.pipe(
      v.picklist(CERTIFICATE_KINDS),
      v.description(
        'good, or what is wrong with it: foreign is of an authority that nobody trusts; default good.',
      ),
    ),
    'good',
  ),
  paths: v.optional(
    v.pipe(
      v.record(path, answer),
      v.maxEntries(PATHS_LIMIT, `at most ${PATHS_LIMIT} paths`),
      v.description('What each path answers: a body, or { "status", "body" }; default: / answers "ok".'),
    ),
    { '/': 'ok\n' },
  ),
});

type Hosts = Readonly<Record<string, v.InferOutput<typeof hostSchema>>>;

export const servicesSchema = v.pipe(
  v.strictObject({
    dns: described(
      v.strictObject({
        search: v.optional(
          v.pipe(
            listOf(hostName, SEARCH_LIMIT, 'domains'),
            v.description('Domains in which names without a dot are looked for.'),
          ),
          [],
        ),
        records: v.optional(
          v.pipe(
            v.record(hostName, recordSchema),
            v.maxEntries(RECORDS_LIMIT, `at most ${RECORDS_LIMIT} names`),
            v.description('By name; a name that is not here, and of no TLS host, is NXDOMAIN.'),
          ),
          {},
        ),
      }),
      'A name server, which the run’s /etc/resolv.conf names.',
    ),
    tls: described(
      v.strictObject({
        port: v.optional(
          v.pipe(
            v.number(),
            v.integer(),
            v.minValue(1),
            v.maxValue(PORT_LIMIT),
            v.description(`Default ${HTTPS_PORT}.`),
          ),
          HTTPS_PORT,
        ),
        hosts: v.pipe(
          v.record(hostName, hostSchema),
          v.minEntries(1, 'an object with a host'),
          v.maxEntries(HOSTS_LIMIT, `at most ${HOSTS_LIMIT} hosts`),
          v.check(
            (hosts: Hosts) => bodiesLength(hosts) <= BODIES_LIMIT,
            `of answers shorter than ${BODIES_LIMIT} characters`,
          ),
          v.description(
            'By name; one with a dot resolves to 127.0.0.1 and ::1 where `records` says nothing else of it.',
          ),
        ),
      }),
      'An HTTPS server on every address of the sandbox; its authority is trusted where the image has a CA bundle.',
    ),
  }),
  v.transform(({ dns, tls }): Services => ({
    dns: {
      search: dns?.search ?? [],
      records: Object.fromEntries(
        Object.entries(dns?.records ?? {}).map(([name, { CNAME = null, ...record }]) => [
          name,
          { CNAME, ...record },
        ]),
      ),
    },
    tls: tls ?? null,
  })),
);

function bodiesLength(hosts: Hosts): number {
  return Object.values(hosts)
    .flatMap(({ paths }) => Object.values(paths))
    .reduce((sum, { body }) => sum + body.length, 0);
}

/** What a reference says of the entries of `records` and of `hosts`. */
export function describeServiceFields(): readonly FieldDescription[] {
  return [
    ...describeFields(recordSchema, 'services.dns.records.NAME.'),
    ...describeFields(hostSchema, 'services.tls.hosts.NAME.'),
  ];
}
