import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MorselError } from '../../src/core/errors.ts';
import { parseWrittenJson } from '../../src/json/index.ts';
import { parseConfiguration } from '../../src/pipeline/request/parse-configuration.ts';

/** A `morsel.json` of somebody else, and of somebody who is in the middle of typing it. */
const VALID = `// A server.
{
  "name": "app", "tags": ["app:1.0"], "bin": ["a", "b"], /* two */
  "c": { "link": ["z"], "cflags": ["-O3"], "std": "c17" },
  "cmake": { "WITH_X": true, "N": 3 },
  "rungs": { "static-musl": { "configure": ["--disable-client"] } },
  "prepare": [["./autogen.sh"], ["make", "defconfig"]],
  "build": ["sh", "Build.sh"],
  "env": { "A": "1" }, "user": "1000:1000", "expose": ["80"],
  "limits": { "maxFiles": 3 },
  "checks": [
    { "name": "greets", "args": ["--greet"], "expectedOutput": ["^Hello"], "exitCode": 0 },
    { "name": "serves", "start": [], "http": { "url": "http://127.0.0.1:80/", "status": 200, "body": "ok" } },
  ],
}
`;

const PIECES =
  '{ } [ ] , : " // /* */ - null true 1e999 "" [] {} "__proto__" "constructor": "http":{ "x":1, name \n \r \0 \u2028 \uD800 \u{1F600}'.split(
    ' ',
  );

const edit = fc.record({
  at: fc.nat({ max: VALID.length }),
  remove: fc.nat({ max: 30 }),
  insert: fc.array(fc.constantFrom(...PIECES), { maxLength: 4 }).map((pieces) => pieces.join('')),
});
const mutated = fc
  .array(edit, { minLength: 1, maxLength: 4 })
  .map((edits) =>
    edits.reduce(
      (text, { at, remove, insert }) => text.slice(0, at) + insert + text.slice(at + remove),
      VALID,
    ),
  );

async function failureOf(text: string): Promise<MorselError | null> {
  try {
    await parseConfiguration(text, 'morsel.json');
    return null;
  } catch (error) {
    if (error instanceof MorselError) return error;
    throw error;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface Shown {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

describe('a morsel.json', () => {
  it('is taken as it was written', async () => {
    expect(await failureOf(VALID)).toBeNull();
  });

  it('is taken, or refused with every problem at a place that it has', async () => {
    await fc.assert(
      fc.asyncProperty(mutated, async (text) => {
        const failure = await failureOf(text);
        if (failure === null) return;
        expect(failure.code).toBe('CONFIG_INVALID');
        const lines = text.split(/\r\n|[\n\r]/);
        const problems = failure.details?.['problems'] as readonly Shown[];
        expect(problems.length).toBeGreaterThan(0);
        for (const { line, column, message } of problems) {
          expect(message).not.toBe('');
          expect(column).toBeGreaterThanOrEqual(1);
          expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('has the value that JSON.parse finds in it, and none where that finds none', async () => {
    const plain = VALID.replace('// A server.\n', '')
      .replace('/* two */', '')
      .replaceAll(/,(?=\s*[\]}])/g, '');
    expect(JSON.parse(plain)).toMatchObject({ name: 'app' });
    const text = fc
      .array(edit, { maxLength: 2 })
      .map((edits) =>
        edits.reduce(
          (made, { at, remove, insert }) => made.slice(0, at) + insert + made.slice(at + remove),
          plain,
        ),
      );
    await fc.assert(
      fc.asyncProperty(text, async (made) => {
        // What JSON.parse does not know: comments and last commas.
        fc.pre(!/\/[/*]|,\s*[\]}]/.test(made));
        const { value } = await parseWrittenJson(made);
        expect(JSON.stringify(value)).toBe(JSON.stringify(parsed(made)));
      }),
      { numRuns: 1000 },
    );
  });

  it('reads what JSON.stringify writes as it was', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.jsonValue({ maxDepth: 6 }),
        fc.constantFrom(undefined, 1, '\t'),
        async (value, indent) => {
          fc.pre(!JSON.stringify(value).includes('__proto__'));
          const json = await parseWrittenJson(JSON.stringify(value, null, indent));
          const isReserved = json.problems.some(({ message }) => message.includes('no field and no name'));
          if (!isReserved) expect(json.problems).toEqual([]);
          expect(JSON.stringify(json.value)).toBe(JSON.stringify(value));
        },
      ),
      { numRuns: 1000 },
    );
  });
});
