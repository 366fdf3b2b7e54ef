import dnsPacket, { type Packet } from 'dns-packet';
import { describe, expect, it } from 'vitest';
import { answerQuery } from './dns-answers.ts';
import type { DnsRecord, DnsService } from './services.ts';

const record: DnsRecord = { A: [], AAAA: [], TXT: [], CNAME: null, fails: {}, truncate: false };
const DNS: DnsService = {
  search: [],
  records: {
    'a.test': { ...record, A: ['127.0.0.1'], TXT: ['a text'] },
    'alias.test': { ...record, CNAME: 'a.test' },
    'lost.test': { ...record, CNAME: 'nowhere.test' },
    'round.test': { ...record, CNAME: 'round.test' },
    'six.test': { ...record, A: ['127.0.0.1'], fails: { AAAA: 'SERVFAIL', TXT: 'silence' } },
    'cut.test': { ...record, A: ['127.0.0.1'], truncate: true },
    'many.test': { ...record, A: Array.from({ length: 100 }, (_, index) => `10.0.0.${index}`) },
  },
};

const query = (
  name: string,
  type: 'A' | 'AAAA' | 'TXT' | 'MX' | 'CNAME',
  more: Partial<Packet> = {},
): Buffer =>
  dnsPacket.encode({
    type: 'query',
    id: 7,
    flags: dnsPacket.RECURSION_DESIRED,
    questions: [{ name, type }],
    ...more,
  });

type Decoded = Packet & { readonly rcode: string; readonly flag_tc: boolean; readonly flag_ra: boolean };
function ask(message: Buffer, transport: 'udp' | 'tcp' = 'udp'): Decoded | null {
  const bytes = answerQuery(DNS, message, transport);
  return bytes === null ? null : (dnsPacket.decode(bytes) as unknown as Decoded);
}

describe('answerQuery', () => {
  it('answers what it has, by any case, and follows aliases', () => {
    const answer = ask(query('A.Test', 'A'));
    expect(answer).toMatchObject({ id: 7, type: 'response', rcode: 'NOERROR', flag_ra: true });
    expect(answer?.answers).toMatchObject([{ type: 'A', data: '127.0.0.1' }]);
    expect(ask(query('alias.test', 'A'))?.answers).toMatchObject([
      { type: 'CNAME', name: 'alias.test', data: 'a.test' },
      { type: 'A', name: 'a.test', data: '127.0.0.1' },
    ]);
    expect(ask(query('alias.test', 'CNAME'))?.answers).toMatchObject([{ data: 'a.test' }]);
    expect(ask(query('a.test', 'TXT'))?.answers).toMatchObject([
      { type: 'TXT', data: [Buffer.from('a text')] },
    ]);
  });

  it('tells a name that it does not have from a type of it', () => {
    expect(ask(query('b.test', 'A'))).toMatchObject({
      rcode: 'NXDOMAIN',
      answers: [],
      authorities: [{ type: 'SOA' }],
    });
    expect(ask(query('toString', 'A'))).toMatchObject({ rcode: 'NXDOMAIN' });
    expect(ask(query('lost.test', 'A'))).toMatchObject({ rcode: 'NXDOMAIN' });
    for (const type of ['AAAA', 'MX'] as const)
      expect(ask(query('a.test', type))).toMatchObject({ rcode: 'NOERROR', answers: [] });
  });

  it('fails as it was told, and for aliases without an end', () => {
    expect(ask(query('six.test', 'AAAA'))).toMatchObject({ rcode: 'SERVFAIL', answers: [] });
    expect(ask(query('six.test', 'A'))).toMatchObject({ rcode: 'NOERROR' });
    expect(ask(query('six.test', 'TXT'))).toBeNull();
    expect(ask(query('round.test', 'A'))).toMatchObject({ rcode: 'SERVFAIL' });
  });

  it('is too long for UDP where it was told so, or where it is', () => {
    for (const name of ['cut.test', 'many.test']) {
      expect(ask(query(name, 'A'))).toMatchObject({ flag_tc: true, answers: [] });
      expect(ask(query(name, 'A'), 'tcp')).toMatchObject({ flag_tc: false });
    }
    expect(ask(query('many.test', 'A'), 'tcp')?.answers).toHaveLength(100);
    expect(answerQuery(DNS, query('many.test', 'A'), 'udp')?.length).toBeLessThan(512);
  });

  it('answers EDNS with EDNS, and offers no more than it takes', () => {
    const opt = {
      type: 'OPT',
      name: '.',
      udpPayloadSize: 65_535,
      flags: 0,
      options: [],
    } as unknown as Packet;
    const answer = ask(query('a.test', 'A', { additionals: [opt] as unknown as [] }));
    expect(answer?.additionals).toMatchObject([{ type: 'OPT', udpPayloadSize: 1232 }]);
  });

  it('takes no question but one, and no answer for a question', () => {
    const questions = [1, 2].map(() => ({ name: 'a.test', type: 'A' as const }));
    expect(ask(query('a.test', 'A', { questions }))).toMatchObject({ rcode: 'FORMERR' });
    const answer = dnsPacket.encode({ type: 'response', questions: [{ name: 'a.test', type: 'A' }] });
    expect(answerQuery(DNS, answer, 'udp')).toBeNull();
  });

  it('survives any bytes', () => {
    const whole = query('alias.test', 'A');
    for (let at = 0; at < whole.length; at += 1) {
      answerQuery(DNS, whole.subarray(0, at), 'tcp');
      for (const byte of [0, 0xc0, 0xff]) {
        const changed = Buffer.from(whole);
        changed[at] = byte;
        answerQuery(DNS, changed, 'udp');
      }
    }
    expect(answerQuery(DNS, Buffer.alloc(65_535, 0xc0), 'tcp')).toBeNull();
  });
});
