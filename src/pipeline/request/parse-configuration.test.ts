import { describe, expect, it } from 'vitest';
import type { MorselError } from '../../core/errors.ts';
import { parseConfiguration } from './parse-configuration.ts';

async function problemsOf(text: string): Promise<readonly string[]> {
  try {
    await parseConfiguration(text, 'morsel.json');
    return [];
  } catch (error) {
    const { code, details } = error as MorselError;
    expect(code).toBe('CONFIG_INVALID');
    const problems = details?.['problems'] as readonly { line: number; column: number; message: string }[];
    return problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
  }
}

const refusalOf = (text: string): Promise<MorselError> =>
  parseConfiguration(text, 'morsel.json').then(
    () => expect.unreachable('it is taken'),
    (error: unknown) => error as MorselError,
  );

describe('parseConfiguration', () => {
  it('takes the fields that are there, comments and a last comma', async () => {
    const { fields } = await parseConfiguration(
      `// What is built here.
      {
        "size": "smallest", /* for now */
        "limits": { "maxImageBytes": 6200, },
        "checks": [{ "name": "greets", "expectedOutput": ["Hello"] }],
        "rungs": { "static-musl": { "configure": ["--disable-client"] } },
        "cmake": { "WITH_X": true, "N": 3 },
        "prepare": ["make", "defconfig"],
      }`,
      'morsel.json',
    );
    expect(fields).toMatchObject({
      size: 'smallest',
      limits: { maxImageBytes: 6200 },
      rungs: { 'static-musl': { configure: ['--disable-client'] } },
      cmake: { WITH_X: true, N: 3 },
    });
  });

  it('says all that is wrong, of form, values and checks, in the order of the file', async () => {
    const text = `{
  "nmae": "x",
  "user": "root",
  "size": "smalest",
  "c": { "link": ["-lz"], "flags": [] },
  "rungs": { "staticmusl": {}, "static-musl": { "cnofigure": [] } },
  "prepare": ["/bin/sh"],
  "expose": ["80", "http"],
  "env": { "A": 1 },
  "limits": { "maxImageBytes": -1 },
  "checks": [
    { "name": "a", "exitcode": 3, "args": ["x", 3] },
    { "htpp": { "url": "http://x" } },
    { "name": "b", "tcp": { "port": 1 }, "exitCode": 3 }
  ],
  "size": "debug"
}`;
    expect(await problemsOf(text)).toEqual([
      '2:3 nmae is no field: did you mean "name"?',
      '3:11 user "root" is not UID[:GID]',
      '5:19 c.link[0] must be the name of a library as after -l, such as "z"',
      '5:27 c.flags is no field: did you mean "cflags"?',
      '6:14 rungs.staticmusl is no field: did you mean "static-musl"?',
      '6:49 rungs.static-musl.cnofigure is no field: did you mean "configure"?',
      '7:14 prepare must name its program as it is found in PATH, or below the project',
      '8:20 port "http" is not PORT[/tcp|udp]',
      '9:17 env.A must be a string',
      '10:32 limits.maxImageBytes must be >=0',
      '12:20 checks[0].exitcode is no field: did you mean "exitCode"?',
      '12:49 checks[0].args[1] must be a string',
      '13:5 checks[1].name is missing',
      '13:7 checks[1].htpp is no field: did you mean "http"?',
      '14:54 checks[2].exitCode of a server has no effect without signal',
      '16:3 size stands twice',
    ]);
  });

  it('finds the patterns of checks where they stand', async () => {
    const text = '{"checks": [{"name": "a", "expectedOutput": ["ok", "(?=x)", "["]}]}';
    expect(await problemsOf(text)).toEqual([
      '1:52 checks[0].expectedOutput[1] has look-around, which RE2 does not know',
      expect.stringMatching(/^1:61 checks\[0\]\.expectedOutput\[2\] must be a regular expression/),
    ]);
  });

  it.each([
    ['{', /^1:2 is not JSON: a closing } is missing/],
    ['', /^1:1 is not JSON: it is empty/],
    ['// nothing\n', /^2:1 is not JSON: a value is missing/],
    ['{"a": 1\n "b": 2}', /^1:8 is not JSON: a comma is missing/],
    ["{ 'a': 1 }", /^1:3 is not JSON: .*double quotes/],
    ['[]', /^1:1 must be an object/],
    ['{"c": []}', /^1:7 c must be an object/],
    ['{"env": ["a"]}', /^1:9 env must be an object/],
    ['{"size":"tiny"}', /^1:9 size must be one of default, smallest, debug/],
    ['{"enviroment":{}}', /enviroment is no field/],
    ['{"__proto__":{"user":"0:0"}}', /__proto__/],
    ['{"constructor":1}', /constructor/],
    ['{"labels":{"toString":"x"}}', /labels\.toString/],
    ['['.repeat(500_000), /32 deep/],
    [`{"checks":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, /32 deep/],
    [`{"checks":[${'{"x":'.repeat(50_000)}1${'}'.repeat(50_000)}]}`, /32 deep/],
    ['{"rungs":"static-musl"}', /^1:10 rungs must be a list, or an object/],
    ['{"rungs":["static-mus"]}', /^1:11 rungs\[0\] must be one of .* did you mean "static-musl"/],
    ['{"bin":["a",1]}', /^1:13 bin\[1\] must be a string/],
    ['{"c":{"std":"C17"}}', /^1:13 c\.std must be a standard/],
    ['{"c":{"link":["../x"]}}', /^1:15 c\.link\[0\]/],
    ['{"configure":["a\\u0000b"]}', /configure\[0\] must be without a NUL/],
    ['{"cmake":{"A B":1}}', /cmake\.A B must be a name as after -D/],
    ['{"cargo":{"features":["a b"]}}', /cargo\.features\[0\]/],
    ['{"go":{"tags":["a,b"]}}', /go\.tags\[0\] must be one build tag/],
    ['{"prepare":["a",["b"]]}', /prepare must be one command/],
    ['{"prepare":[[]]}', /prepare\[0\] must begin with the name of a program/],
    ['{"prepare":[["a"],["../x"]]}', /prepare\[1\] names a program that is not below the project/],
    ['{"prepare":["sub/../../x"]}', /prepare names a program that is not below the project/],
    [`{"make":[${'"x",'.repeat(1001)}]}`, /make must be at most 1000 words/],
    [`{"configure":["${'x'.repeat(131_072)}"]}`, /configure\[0\] must be shorter than 131072 bytes/],
  ])('says where %.40s is wrong', async (text, problem) => {
    expect(await problemsOf(text)).toContainEqual(expect.stringMatching(problem));
  });

  it.each<[object, string]>([
    [{ user: '4294967296' }, 'user'],
    [{ tags: ['a', 'UPPER'] }, 'tags[1]'],
    [{ name: 'UPPER' }, 'name'],
    [{ stopSignal: 'SIGFOO' }, 'stopSignal'],
    [{ stopSignal: '65' }, 'stopSignal'],
    [{ timeZone: '../x' }, 'timeZone'],
    [{ programPath: 'app' }, 'programPath'],
    [{ labels: { '': 'x' } }, 'labels'],
    [{ annotations: { 'a\nb': 'x' } }, 'annotations'],
    [{ workdir: 'x' }, 'workdir'],
    [{ entrypoint: ['a\0'] }, 'entrypoint'],
    [{ env: { 'A=B': 'x' } }, 'env'],
  ])('refuses the values that the command line would: %j', async (configuration, field) => {
    const { details } = await refusalOf(JSON.stringify(configuration));
    expect(details?.['field']).toBe(field);
  });

  it('has a headline with the first, and leads to what lists the fields', async () => {
    const one = await refusalOf('{"nmae":"x"}');
    expect(one.message).toBe('morsel.json:1:2: nmae is no field: did you mean "name"?');
    expect(one.hint).toContain('`morsel help morsel.json`');
    const two = await refusalOf('{"user":"root",\n"workdir":"x"}');
    expect(two.message).toBe('morsel.json:1:9: user "root" is not UID[:GID] (the first of 2 problems)');
  });

  it('quotes nothing of what is not JSON', async () => {
    for (const text of ['root:$y$j9T$secret', `{"a": ${'x'.repeat(99)}secret}`, '{"name": "secret']) {
      const { message, hint } = await refusalOf(text);
      expect(`${message} ${hint}`).toMatch(/is not JSON: (?!.*secret)/s);
    }
  });
});
