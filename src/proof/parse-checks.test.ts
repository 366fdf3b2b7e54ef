import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MorselError } from '../core/errors.ts';
import { parseChecks } from './parse-checks.ts';

function messageOf(json: unknown): string {
  try {
    parseChecks(json);
  } catch (error) {
    if (error instanceof MorselError && error.code === 'CONFIG_INVALID') return error.message;
    throw error;
  }
  return 'accepted';
}

describe('parseChecks', () => {
  it('fills in what a command check leaves out', () => {
    expect(parseChecks([{ name: 'prints' }])).toEqual([
      {
        kind: 'command',
        name: 'prints',
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

  it('reads every word of a command check', () => {
    const [check] = parseChecks([
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
    expect(check?.expectedOutput).toEqual([/^a$/m]);
    expect(check?.timeoutSeconds).toBe(1.5);
  });

  it('takes a single word as a command, as container-structure-test does', () => {
    expect(parseChecks([{ name: 'x', command: '/a' }])[0]).toMatchObject({ command: ['/a'] });
  });

  it('reads server checks', () => {
    const http = { url: 'http://127.0.0.1:8080/ready', body: 'ok' };
    expect(
      parseChecks([
        { name: 'a', start: [], http },
        { name: 'b', start: '/s', tcp: { port: 5432 } },
      ]),
    ).toMatchObject([
      { kind: 'server', start: [], request: { kind: 'http', url: http.url, status: 200, body: /ok/m } },
      { kind: 'server', start: ['/s'], request: { kind: 'tcp', host: '127.0.0.1', port: 5432 } },
    ]);
  });

  it.each([
    [{}, 'checks must be an array'],
    [[1], 'checks[0] must be an object'],
    [[{}], 'checks[0].name is missing'],
    [[{ name: '' }], 'checks[0].name must not be empty'],
    [[{ name: 'a' }, { name: 'b' }, { name: 'c', exitCode: 'x' }], 'checks[2].exitCode must be a number'],
    [[{ name: 'a', exitCode: 1.5 }], 'checks[0].exitCode must be a whole number'],
    [[{ name: 'a', exitCode: 256 }], 'checks[0].exitCode must be <=255'],
    [[{ name: 'a', args: 'x' }], 'checks[0].args must be an array'],
    [[{ name: 'a', args: [1] }], 'checks[0].args[0] must be a string'],
    [[{ name: 'a', command: 1 }], 'checks[0].command must be an array of strings'],
    [[{ name: 'a', env: { A: 1 } }], 'checks[0].env.A must be a string'],
    [
      [{ name: 'a', expectedOutput: ['fine', '('] }],
      'checks[0].expectedOutput[1] must be a regular expression',
    ],
    [[{ name: 'a', timeoutSeconds: 0 }], 'checks[0].timeoutSeconds must be >=0.1'],
    [
      [{ name: 'a', exitcode: 0 }],
      'checks[0].exitcode is unknown: the words are those of container-structure-test',
    ],
    [[{ name: 'a', start: [] }], 'checks[0] has start, and neither http nor tcp to ask it by'],
    [[{ name: 'a', http: { url: 'https://x/' } }], 'checks[0].http.url must be a http:// address'],
    [[{ name: 'a', tcp: { port: 0 } }], 'checks[0].tcp.port must be >=1'],
    [
      [{ name: 'a', tcp: { port: 1 }, http: { url: 'http://x/' } }],
      'checks[0] has both http and tcp: make it two checks',
    ],
  ])('names the field that is wrong: %j', (json, message) => {
    expect(messageOf(json)).toBe(message);
  });

  it('knows the words that the published schema has', () => {
    const schema = JSON.parse(
      readFileSync(new URL('../../schema/morsel.schema.json', import.meta.url), 'utf8'),
    ) as {
      readonly definitions: { readonly check: { readonly properties: Readonly<Record<string, unknown>> } };
    };
    for (const word of Object.keys(schema.definitions.check.properties)) {
      expect(messageOf([{ name: 'a', [word]: null }]), word).not.toContain('unknown');
    }
  });
});
