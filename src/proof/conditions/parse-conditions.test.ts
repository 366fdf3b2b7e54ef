import { describe, expect, it } from 'vitest';
import { MorselError } from '../../core/errors.ts';
import { parseChecks } from '../parse-checks.ts';
import { NO_CONDITIONS } from './conditions.ts';

const conditionsOf = async (fields: object) => (await parseChecks([{ name: 'x', ...fields }]))[0]?.conditions;

async function problemOf(fields: object): Promise<string> {
  try {
    await parseChecks([{ name: 'x', ...fields }]);
  } catch (error) {
    if (error instanceof MorselError) return error.message;
    throw error;
  }
  return '';
}

describe('what a check says of its run', () => {
  it('is nothing, where it says nothing', async () => {
    expect(await conditionsOf({})).toEqual(NO_CONDITIONS);
    expect(await conditionsOf({ tcp: { port: 443 } })).toEqual(NO_CONDITIONS);
  });

  it('is kept, with what is usual', async () => {
    const tls = { hosts: { 'A.Test': {} } };
    expect(
      await conditionsOf({ services: { dns: { records: { 'B.test': { CNAME: 'A.test' } } }, tls } }),
    ).toMatchObject({
      services: {
        dns: { search: [], records: { 'b.test': { CNAME: 'a.test', A: [], truncate: false } } },
        tls: {
          port: 443,
          hosts: { 'a.test': { certificate: 'good', paths: { '/': { status: 200, body: 'ok\n' } } } },
        },
      },
    });
    expect(await conditionsOf({ tty: true, input: 'quit\r' })).toMatchObject({ typed: ['quit\r'] });
    expect(await conditionsOf({ tty: true })).toMatchObject({ typed: [] });
    expect(await conditionsOf({ signal: 'term', exitCode: 143 })).toMatchObject({
      stop: { signal: { name: 'SIGTERM', number: 15 }, exitCode: 143, withinSeconds: 10 },
    });
    expect(
      await conditionsOf({ volumes: { '/data': { files: { 'a/b': 'c' } } }, tmpfs: ['/tmp'] }),
    ).toMatchObject({
      volumes: [
        { target: '/data', files: { 'a/b': 'c' }, readOnly: false, mode: 0o755 },
        { target: '/tmp', files: {}, mode: 0o1777 },
      ],
    });
  });

  it.each([
    [{ tty: true, stdin: 'x' }, /checks\[0\]\.stdin has no effect with tty/],
    [{ input: 'x' }, /checks\[0\]\.input has no effect without tty/],
    [{ tty: true, input: 'x'.repeat(4001) }, /at most 4000 characters/],
    [{ signal: 'SIGNONE' }, /checks\[0\]\.signal must be a signal such as SIGTERM/],
    [{ withinSeconds: 3 }, /withinSeconds has no effect without signal/],
    [{ tcp: { port: 1 }, exitCode: 3 }, /exitCode of a server has no effect without signal/],
    [{ tcp: { port: 443 }, services: { tls: { hosts: { a: {} } } } }, /has the port 443 that the check asks/],
    [{ tcp: { port: 53 }, services: {} }, /a name server on port 53/],
    [{ services: { tls: { hosts: {} } } }, /hosts must be an object with a host/],
    [{ services: { tls: { hosts: { 'a b': {} } } } }, /must be a host name/],
    [
      { services: { tls: { hosts: { a: { certificate: 'god' } } } } },
      /must be one of good.*did you mean "good"/,
    ],
    [{ services: { tls: { hosts: { a: { paths: { x: '' } } } } } }, /a path that begins with \//],
    [
      { services: { tls: { hosts: { a: { paths: { '/': 'x'.repeat(1024 * 1024 + 1) } } } } } },
      /of answers shorter than/,
    ],
    [{ services: { dns: { records: { a: { A: ['::1'] } } } } }, /must be an IPv4 address/],
    [{ services: { dns: { records: { a: { AAAA: ['127.0.0.1'] } } } } }, /must be an IPv6 address/],
    [{ services: { dns: { records: { a: { fails: { MX: 'SERVFAIL' } } } } } }, /fails/],
    [{ services: { dns: { search: Array.from({ length: 7 }, () => 'a') } } }, /at most 6 domains/],
    [{ services: { http: {} } }, /services\.http/],
    [{ volumes: { data: {} } }, /an absolute path without \. and \.\./],
    [{ volumes: { '/a/../etc': {} } }, /an absolute path without/],
    [{ volumes: { '/data': { files: { '../x': '' } } } }, /a relative path without/],
    [{ volumes: { '/data': { files: { '/x': '' } } } }, /a relative path without/],
    [{ volumes: { '/data': { files: { a: '', 'a/b': '' } } } }, /no folders of others/],
    [{ volumes: { '/data': { files: { a: 'x'.repeat(256 * 1024 + 1) } } } }, /of contents shorter than/],
    [{ volumes: { '/data': { files: { 'a/b/c/d/e/f/g/h/i': '' } } } }, /at most 8 names/],
    [{ volumes: { '/tmp': {} }, tmpfs: ['/tmp'] }, /tmpfs\[0\] is there already/],
    [{ tmpfs: ['/tmp', '/tmp'] }, /tmpfs\[1\] is there already/],
  ])('is refused where it is wrong: %j', async (fields, words) => {
    expect(await problemOf(fields)).toMatch(words);
  });
});
