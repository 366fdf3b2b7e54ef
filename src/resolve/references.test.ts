import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { findReferences } from './find-references.ts';
import { joinDocuments, replaceReferences } from './replace-references.ts';

const IMAGE = 'localhost:5000/x/y:1@sha256:0123456789abcdef';

async function resolved(text: string): Promise<string> {
  const file = { name: 'k.yaml', text };
  return replaceReferences(file, await findReferences(file), (path) => `${IMAGE}${path.length}`);
}

const valuesOf = (text: string): readonly unknown[] =>
  parseAllDocuments(text).map((document) => document.toJS() as unknown);

describe('a reference', () => {
  // What it is written as, and where it stands in the text.
  it.each([
    ['a: morsel://./x # why\n', `a: ${IMAGE}3 # why\n`],
    ['a: "morsel://./x"\n', `a: "${IMAGE}3"\n`],
    [`{"a": 'morsel://./x', b: [morsel://y, 1]}`, `{"a": '${IMAGE}3', b: [${IMAGE}1, 1]}`],
    ['a: >-\n  morsel://./x\nb: 1\n', `a: ${IMAGE}3\nb: 1\n`],
    ['a: |\r\n  morsel://./x\r\nb: 1\r\n', `a: ${IMAGE}3\nb: 1\r\n`],
    ['a: &z !!str morsel://./x\nb: *z\n', `a: &z !!str ${IMAGE}3\nb: *z\n`],
    ['? morsel://./x\n: 1\n', `? ${IMAGE}3\n: 1\n`],
    ['- morsel://./x\n---\n- " morsel://./y "\n', `- ${IMAGE}3\n---\n- "${IMAGE}3"\n`],
    ['a: "\\x6dorsel://./x"', `a: "${IMAGE}3"`],
    ['ü: ü\n𝒳: morsel://./x\n', `ü: ü\n𝒳: ${IMAGE}3\n`],
  ])('%j is replaced, and nothing else', async (text, expected) => {
    expect(await resolved(text)).toBe(expected);
    const asValues = JSON.stringify(valuesOf(text)).replaceAll(
      /"\s*morsel:\/\/([^"\s\\]+)(?:\\n)?\s*"/g,
      (_, path: string) => `"${IMAGE}${path.length}"`,
    );
    expect(JSON.stringify(valuesOf(expected))).toBe(asValues);
  });

  it.each(['# morsel://./x\n', 'a: see morsel://./x\n', 'a: |\n  # morsel://\n', '', 'morsel: //x\n'])(
    '%j is none',
    async (text) => expect(await resolved(text)).toBe(text),
  );

  it('is told with its line and column', async () => {
    const text = '# c\na:\n  - b: morsel://./x\n';
    expect(await findReferences({ name: 'k.yaml', text })).toMatchObject([
      { path: './x', where: 'k.yaml:3:8' },
    ]);
  });
});

describe('what is refused', () => {
  it.each([
    ['a: [1\nb: 2\n', 'CONFIG_INVALID', 'k.yaml:2:1: '],
    ['a: 1\n---\n\tb: 1\n', 'CONFIG_INVALID', 'k.yaml:3:1: '],
    ['a: "b\n', 'CONFIG_INVALID', 'k.yaml:2:1: '],
    ['a: morsel://\n', 'CONFIG_INVALID', 'k.yaml:1:4: '],
    ['['.repeat(20_000), 'LIMIT_EXCEEDED', 'k.yaml '],
    ['- '.repeat(20_000), 'LIMIT_EXCEEDED', 'k.yaml '],
    ['{a: '.repeat(20_000), 'LIMIT_EXCEEDED', 'k.yaml '],
    ['---\n'.repeat(20_000), 'LIMIT_EXCEEDED', 'k.yaml '],
  ])('as case %#', async (text, code, start) => {
    const message = expect.stringMatching(new RegExp(`^${start}`)) as string;
    await expect(findReferences({ name: 'k.yaml', text })).rejects.toThrow(
      expect.objectContaining({ code, message }),
    );
  });
});

it.each([
  [['a: 1\n', 'b: 2\n'], 'a: 1\n---\nb: 2\n'],
  [['a: 1', '# c\n\n--- \nb: 2\n'], 'a: 1\n# c\n\n--- \nb: 2\n'],
  [['a: 1\n', '%YAML 1.2\n---\nb: 2\n'], 'a: 1\n...\n%YAML 1.2\n---\nb: 2\n'],
  [['a: 1\n', '---x: 2\n'], 'a: 1\n---\n---x: 2\n'],
  [['', '{"b": 2}'], '{"b": 2}'],
])('files %j are one stream', (texts, expected) => {
  const joined = joinDocuments(texts);
  expect(joined).toBe(expected);
  expect(valuesOf(joined)).toEqual(texts.flatMap(valuesOf));
});
