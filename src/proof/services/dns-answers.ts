import dnsPacket, { type Answer, type Packet } from 'dns-packet';
import { DNS_TYPES, type DnsFailure, type DnsRecord, type DnsService, type DnsType } from './services.ts';

/** RFC 1035 4.2.1, where a question says nothing else (EDNS, RFC 6891). */
const UDP_LIMIT_BYTES = 512;
/** What is offered and taken: RFC 9715. */
const EDNS_BYTES = 1232;
const TTL_SECONDS = 60;
/** Of names that lead to each other. */
const CHAIN_LIMIT = 8;

const { AUTHORITATIVE_ANSWER, RECURSION_AVAILABLE, RECURSION_DESIRED, TRUNCATED_RESPONSE } = dnsPacket;
/** RFC 1035 4.1.1 */
const RCODES: Readonly<Record<Exclude<DnsFailure, 'silence'> | 'FORMERR' | 'NOTIMP', number>> = {
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
};

/** The answer to one message of a client, whose bytes may be anything; null: none. */
export function answerQuery(dns: DnsService, message: Buffer, transport: 'udp' | 'tcp'): Buffer | null {
  const query = decode(message);
  if (query === null) return null;
  const { questions = [], additionals = [] } = query;
  const [question] = questions;
  const opt = additionals.find(({ type }) => type === 'OPT');
  const reply = (more: Reply): Buffer => encodeReply(query, opt !== undefined, more);
  if ((query as { opcode?: string }).opcode !== 'QUERY') return reply({ rcode: RCODES.NOTIMP });
  if (question === undefined || questions.length !== 1) return reply({ rcode: RCODES.FORMERR });
  const found = lookUp(dns, question.name.toLowerCase(), question.type);
  if (found === 'silence') return null;
  if (transport === 'tcp') return reply(found);
  if (found.isTruncated) return reply({ rcode: 0, isTruncated: true });
  const whole = reply(found);
  const offered = opt === undefined ? 0 : (opt as { udpPayloadSize?: number }).udpPayloadSize;
  const limit = Math.min(EDNS_BYTES, Math.max(UDP_LIMIT_BYTES, offered ?? 0));
  return whole.length <= limit ? whole : reply({ rcode: 0, isTruncated: true });
}

interface Reply {
  readonly rcode: number;
  readonly answers?: readonly Answer[];
  readonly isTruncated?: boolean;
}

function decode(message: Buffer): Packet | null {
  try {
    const query = dnsPacket.decode(message);
    return query.type === 'query' ? query : null;
  } catch {
    return null;
  }
}

function lookUp(dns: DnsService, asked: string, type: string): Reply | 'silence' {
  const answers: Answer[] = [];
  let isTruncated = false;
  for (let name = asked; answers.length < CHAIN_LIMIT;) {
    const record = Object.hasOwn(dns.records, name) ? dns.records[name] : undefined;
    if (record === undefined) return { rcode: RCODES.NXDOMAIN, answers, isTruncated };
    isTruncated ||= record.truncate;
    const wanted = DNS_TYPES.find((one) => one === type);
    const failure = wanted === undefined ? undefined : record.fails[wanted];
    if (failure === 'silence') return failure;
    if (failure !== undefined) return { rcode: RCODES[failure], answers, isTruncated };
    if (record.CNAME === null || type === 'CNAME') {
      const own = ownAnswers(record, name, type);
      return { rcode: 0, answers: [...answers, ...own], isTruncated };
    }
    answers.push({ name, type: 'CNAME', ttl: TTL_SECONDS, data: record.CNAME });
    name = record.CNAME;
  }
  return { rcode: RCODES.SERVFAIL };
}

function ownAnswers(record: DnsRecord, name: string, type: string): readonly Answer[] {
  if (type === 'CNAME')
    return record.CNAME === null ? [] : [{ name, type: 'CNAME', ttl: TTL_SECONDS, data: record.CNAME }];
  const wanted = DNS_TYPES.find((one) => one === type);
  return wanted === undefined
    ? []
    : record[wanted].map((data) => ({ name, type: wanted satisfies DnsType, ttl: TTL_SECONDS, data }));
}

function encodeReply(
  query: Packet,
  hasEdns: boolean,
  { rcode, answers = [], isTruncated = false }: Reply,
): Buffer {
  const desired = (query.flags ?? 0) & RECURSION_DESIRED;
  const truncated = isTruncated && answers.length === 0 ? TRUNCATED_RESPONSE : 0;
  return dnsPacket.encode({
    type: 'response',
    id: query.id ?? 0,
    flags: AUTHORITATIVE_ANSWER | RECURSION_AVAILABLE | desired | truncated | rcode,
    questions: query.questions ?? [],
    answers: [...answers],
    // Without an SOA what is not there may not be kept (RFC 2308 5), and some clients take it for no answer.
    authorities: answers.length === 0 && truncated === 0 ? [startOfAuthority()] : [],
    additionals: hasEdns ? [optRecord()] : [],
  });
}

function startOfAuthority(): Answer {
  const times = { serial: 1, refresh: 3600, retry: 600, expire: 86400, minimum: TTL_SECONDS };
  return {
    name: '.',
    type: 'SOA',
    ttl: TTL_SECONDS,
    data: { mname: 'ns.invalid', rname: 'check.invalid', ...times },
  };
}

function optRecord(): Answer {
  return {
    name: '.',
    type: 'OPT',
    udpPayloadSize: EDNS_BYTES,
    extendedRcode: 0,
    ednsVersion: 0,
    flags: 0,
    flag_do: false,
    options: [],
  } as unknown as Answer;
}
