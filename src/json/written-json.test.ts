import { describe, expect, it } from 'vitest';
import { parseWrittenJson } from './written-json.ts';

const at = (text: string, path: readonly (string | number)[], part: 'name' | 'value' = 'value'): string => {
  const json = parseWrittenJson(text);
  const { line, column } = json.positionAt(json.offsetOf(path, part));
  return `${line}:${column}`;
};
const problemsOf = (text: string): readonly string[] => {
  const { problems, positionAt } = parseWrittenJson(text);
  return problems.map(({ message, offset = 0 }) => {
    const { line, column } = positionAt(offset);
    return `${line}:${column} ${message}`;
  });
};

describe('parseWrittenJson', () => {
  const text = '{\n  "a": [1, { "b": "x" }], // a comment\r\n  "c": null,\r  "a.b": 2,\n}';

  it('reads comments and last commas, and makes objects that have what was written and nothing else', () => {
    const { value, problems } = parseWrittenJson(text);
    expect(problems).toEqual([]);
    expect(JSON.parse(JSON.stringify(value))).toEqual({ a: [1, { b: 'x' }], c: null, 'a.b': 2 });
    expect('constructor' in (value as object)).toBe(false);
  });

  it('says where values and names stand, whatever ends the lines', () => {
    expect(at(text, [])).toBe('1:1');
    expect(at(text, ['a'], 'name')).toBe('2:3');
    expect(at(text, ['a', 1, 'b'])).toBe('2:19');
    expect(at(text, ['c'])).toBe('3:8');
    expect(at(text, ['a.b'], 'name')).toBe('4:3');
  });

  it('answers for what is not there with what it is missing in', () => {
    expect(at(text, ['a', 1, 'absent'])).toBe('2:12');
    expect(at(text, ['a', 7])).toBe('2:8');
    expect(at(text, ['a', 'length'])).toBe('2:8');
    expect(at(text, ['toString', 'x'])).toBe('1:1');
  });

  it('counts columns as editors do', () => {
    expect(at('{"\u{1F600}é": {"x": 1}}', ['\u{1F600}é', 'x'])).toBe('1:15');
  });

  it.each([
    ['{"a": 1, "b": 2, "a": 3}', '1:18 stands twice'],
    ['{\n"a": 1\n"b": 2}', '2:7 is not JSON: a comma is missing'],
    ['{"a" 1}', '1:5 is not JSON: a colon is missing'],
    ['{"a": "x\n"}', '1:7 is not JSON: a text does not end on its line'],
    ['{"a": 1} {', '1:10 is not JSON: something stands after its end'],
    ['{"a": 1 /* x', '1:9 is not JSON: a comment does not end'],
    ['{"a": "\\x"}', '1:7 is not JSON: JSON has no such escape: write \\\\ for a backslash'],
    ['{"a": "\\u12"}', '1:7 is not JSON: a \\u escape needs four hexadecimal digits'],
    ['{"a": NaN}', '1:7 is not JSON: there is a word that JSON does not have: texts stand in double quotes'],
    ['[1,,2]', '1:4 is not JSON: a value is missing'],
    ['  ', '1:1 is not JSON: it is empty'],
  ])('says of %j: %s', (wrong, problem) => {
    expect(problemsOf(wrong)).toEqual([problem]);
  });

  it.each(['-/*', '{"a": 1 /*', '/*', '/', '"', '{"a": "\\', '[1 //', '/**', '-'])(
    'comes to the end of %j',
    (wrong) => {
      expect(parseWrittenJson(wrong).problems).toHaveLength(1);
    },
  );

  it('is not led too deep, nor past what counts the depth, by brackets that do not belong together', () => {
    const deep = '1:33 is nested more than 32 deep';
    expect(problemsOf('['.repeat(33))).toEqual([deep]);
    expect(problemsOf('['.repeat(32) + ']'.repeat(32))).toEqual([]);
    for (const part of ['[}', '{]', '[}]}', '{"a":[}', '[},', '{"a":]'])
      expect(problemsOf(part.repeat(20_000)), part).toHaveLength(1);
  });
});
