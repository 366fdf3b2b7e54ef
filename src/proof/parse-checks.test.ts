import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MorselError } from '../core/errors.ts';
import { NO_CONDITIONS } from './conditions/conditions.ts';
import { parseChecks } from './parse-checks.ts';

async function errorOf(json: unknown): Promise<MorselError | null> {
  try {
    await parseChecks(json);
  } catch (error) {
    if (error instanceof MorselError && error.code === 'CONFIG_INVALID') return error;
    throw error;
  }
  return null;
}

const messageOf = async (json: unknown): Promise<string> => (await errorOf(json))?.message ?? 'accepted';

describe('parseChecks', () => {
  it('fills in what a command check leaves out', async () => {
    expect(await parseChecks([{ name: 'prints' }])).toEqual([
      {
        kind: 'command',
        name: 'prints',
        conditions: NO_CONDITIONS,
        command: [],
        args: null,
        env: {},
        stdin: null,
        exitCode: 0,
        timeoutSeconds: 30,
        expectedOutput: [],
        excludedOutput: [],
        expectedError: [],
        excludedError: [],
      },
    ]);
  });

  it('reads every word of a command check', async () => {
    const [check] = await parseChecks([
      {
        name: 'x',
        command: ['/a', 'b'],
        args: ['c'],
        env: { A: '1' },
        stdin: 'in',
        exitCode: 3,
        expectedOutput: ['^a$'],
        excludedOutput: ['b'],
        expectedError: ['c'],
        excludedError: ['d'],
        timeoutSeconds: 1.5,
      },
    ]);
    expect(check).toMatchObject({
      command: ['/a', 'b'],
      args: ['c'],
      env: { A: '1' },
      stdin: 'in',
      exitCode: 3,
    });
    expect(check?.expectedOutput).toEqual([{ source: '^a$' }]);
    expect(check?.timeoutSeconds).toBe(1.5);
  });

  it('takes a single word as a command, as container-structure-test does', async () => {
    expect((await parseChecks([{ name: 'x', command: '/a' }]))[0]).toMatchObject({ command: ['/a'] });
  });

  it('reads server checks', async () => {
    const http = { url: 'http://127.0.0.1:8080/ready', body: 'ok' };
    expect(
      await parseChecks([
        { name: 'a', start: [], http },
        { name: 'b', start: '/s', tcp: { port: 5432 } },
      ]),
    ).toMatchObject([
      {
        kind: 'server',
        start: [],
        request: { kind: 'http', url: http.url, status: 200, body: { source: 'ok' } },
      },
      { kind: 'server', start: ['/s'], request: { kind: 'tcp', host: '127.0.0.1', port: 5432 } },
    ]);
  });

  it.each([
    [{}, 'checks must be a list'],
    [[1], 'checks[0] must be an object'],
    [[{}], 'checks[0].name is missing'],
    [[{ name: '' }], 'checks[0].name must not be empty'],
    [[{ name: 'a' }, { name: 'b' }, { name: 'c', exitCode: 'x' }], 'checks[2].exitCode must be a number'],
    [[{ name: 'a', exitCode: 1.5 }], 'checks[0].exitCode must be a whole number'],
    [[{ name: 'a', exitCode: 256 }], 'checks[0].exitCode must be <=255'],
    [[{ name: 'a', args: 'x' }], 'checks[0].args must be a list'],
    [[{ name: 'a', args: [1] }], 'checks[0].args[0] must be a string'],
    [[{ name: 'a', command: 1 }], 'checks[0].command must be a string, or a list'],
    [[{ name: 'a', env: { A: 1 } }], 'checks[0].env.A must be a string'],
    [
      [{ name: 'a', expectedOutput: ['fine', '('] }],
      'checks[0].expectedOutput[1] must be a regular expression, in the syntax of RE2: missing closing ): `(`',
    ],
    [[{ name: 'a', timeoutSeconds: 0 }], 'checks[0].timeoutSeconds must be >=0.1'],
    [[{ name: 'a', exitcode: 0 }], 'checks[0].exitcode is no field: did you mean "exitCode"?'],
    [[{ name: 'a', start: [] }], 'checks[0] has start, and neither http nor tcp to ask it by'],
    [[{ name: 'a', http: { url: 'https://x/' } }], 'checks[0].http.url must be a http:// address'],
    [[{ name: 'a', tcp: { port: 0 } }], 'checks[0].tcp.port must be >=1'],
    [
      [{ name: 'a', tcp: { port: 1 }, http: { url: 'http://x/' } }],
      'checks[0] has both http and tcp: make it two checks',
    ],
  ])('names the field that is wrong: %j', async (json, message) => {
    expect(await messageOf(json)).toBe(message);
  });

  it.each([
    ['name', 'x'.repeat(201), 'must be at most 200 characters'],
    ['timeoutSeconds', 3601, 'must be <=3600'],
    ['exitCode', -1, 'must be >=0'],
    ['args', Array.from({ length: 1001 }, () => 'x'), 'must be at most 1000 words'],
    ['args[0]', ['x'.repeat(131_072)], 'must be shorter than 131072 bytes'],
    ['args[1]', ['x', 'a\0b'], 'must be without a NUL character'],
    ['command', 'a\0b', 'must be without a NUL character'],
    ['command[1]', ['/a', '\0'], 'must be without a NUL character'],
    ['start[0]', ['\0'], 'must be without a NUL character'],
    ['env.A', { A: '\0' }, 'must be without a NUL character'],
    ['env.A=B', { 'A=B': '' }, 'must be a name without ='],
    ['env.', { '': 'x' }, 'must be a name without ='],
    ['env', { A: 'x'.repeat(131_070) }, 'must be of variables shorter than 131072 bytes'],
    [
      'env',
      Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`V${i}`, ''])),
      'must be at most 1000 variables',
    ],
    ['stdin', 'x'.repeat(1024 * 1024 + 1), 'must be at most 1048576 characters'],
    ['expectedOutput', Array.from({ length: 101 }, () => 'x'), 'must be at most 100 regular expressions'],
    ['excludedError[0]', ['x'.repeat(1001)], 'has 1001 characters, and 1000 are allowed'],
    [
      'expectedError[0]',
      ['(x{100}){101}'],
      'must be a regular expression, in the syntax of RE2: invalid repeat count: `{101}`',
    ],
    ['expectedError[0]', ['(x{1000}y{1000}){1}'.repeat(20)], 'takes more than 10000 instructions of RE2'],
    ['tcp.host', { port: 1, host: 'a\0' }, 'must be without a NUL character'],
    ['tcp.host', { port: 1, host: 'x'.repeat(254) }, 'must be at most 253 characters'],
    ['http.url', { url: `http://x/${'x'.repeat(8000)}` }, 'must be at most 8000 characters'],
    ['http.body', { url: 'http://x/', body: '(?=x)' }, 'has look-around, which RE2 does not know'],
  ])('bounds %s', async (field, value, problem) => {
    const key = /^\w+/.exec(field)?.[0] ?? '';
    expect(await messageOf([{ name: 'a', [key]: value }])).toBe(`checks[0].${field} ${problem}`);
  });

  it('bounds the number of checks, and all patterns together', async () => {
    expect(await messageOf(Array.from({ length: 1001 }, () => ({ name: 'a' })))).toBe(
      'checks has more than 1000 entries',
    );
    const many = { name: 'a', expectedOutput: Array.from({ length: 100 }, () => 'x') };
    expect(await messageOf(Array.from({ length: 21 }, () => many))).toBe(
      'checks have more than 2000 regular expressions',
    );
    const heavy = '(x{100}){9}'.repeat(10);
    expect(
      await messageOf(Array.from({ length: 3 }, () => ({ name: 'a', expectedOutput: [heavy, heavy] }))),
    ).toBe(
      'checks[2].expectedOutput[1] is too much: all regular expressions together take 50000 instructions',
    );
  });

  it('looks at the number of words first, and stops at a page of problems', async () => {
    expect(await messageOf([{ name: 'a', args: Array.from({ length: 1_000_000 }, () => 1) }])).toBe(
      'checks[0].args must be at most 1000 words',
    );
    const error = await errorOf(Array.from({ length: 1000 }, () => ({ nmae: 'a' })));
    expect(error?.message).toBe(
      'checks[0].nmae is no field: did you mean "name"? (the first of more than 20 problems)',
    );
    expect(error?.details?.['problems']).toHaveLength(20);
  });

  it('names the fields of the other kind', async () => {
    expect(await messageOf([{ name: 'a', tcp: { port: 1 }, exitCode: 1 }])).toBe(
      'checks[0].exitCode of a server has no effect without signal',
    );
    expect(await messageOf([{ name: 'a', htpp: {} }])).toBe(
      'checks[0].htpp is no field: did you mean "http"?',
    );
  });

  it('says what to write instead of look-around', async () => {
    const error = await errorOf([{ name: 'a', expectedOutput: ['^(?!error)'] }]);
    expect(error?.hint).toContain('excludedOutput');
  });

  it('knows the words that the published schema has', async () => {
    const schema = JSON.parse(
      readFileSync(new URL('../../schema/morsel.schema.json', import.meta.url), 'utf8'),
    ) as {
      readonly definitions: {
        readonly check: { readonly anyOf: readonly { readonly properties: object }[] };
      };
    };
    for (const word of schema.definitions.check.anyOf.flatMap(({ properties }) => Object.keys(properties))) {
      expect(await messageOf([{ name: 'a', [word]: null }]), word).not.toContain('no field');
    }
  });
});
