import { describe, expect, it } from 'vitest';
import { JSON_DEPTH_LIMIT, JSON_VALUES_LIMIT, METADATA_LIMIT_BYTES, parseJson } from './parse-json.ts';

const parse = (text: string | Buffer): unknown => parseJson(Buffer.from(text), 'x.tar: index');
const refusal = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message), hint: expect.any(String) });

describe('parseJson', () => {
  it('takes what Go writes: null is absent, the last of two equal keys counts, strings hold anything', () => {
    expect(parse('{"a":null,"b":1,"b":2,"c":"[[{,\\"\\\\"}')).toEqual({ b: 2, c: '[[{,"\\' });
  });

  it('refuses what is nested deeper than any document, before the parser has no stack left', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(() => parse(nested(JSON_DEPTH_LIMIT))).not.toThrow();
    expect(() => parse(nested(JSON_DEPTH_LIMIT + 1))).toThrow(
      refusal('LIMIT_EXCEEDED', /nested deeper than 64/),
    );
    expect(() => parse('{"a":'.repeat(500_000))).toThrow(refusal('LIMIT_EXCEEDED', /nested/));
  });

  it('refuses more values than any document has, and more bytes', () => {
    expect(() => parse(`[${'[],'.repeat(JSON_VALUES_LIMIT / 2)}[]]`)).toThrow(
      refusal('LIMIT_EXCEEDED', /more than 262144 values/),
    );
    expect(() => parse(`[${','.repeat(JSON_VALUES_LIMIT)}`)).toThrow(refusal('LIMIT_EXCEEDED', /values/));
    expect(() => parse(Buffer.alloc(METADATA_LIMIT_BYTES + 1, 0x20))).toThrow(
      refusal('LIMIT_EXCEEDED', /the limit is 4194304/),
    );
  });

  it.each<[string, string | Buffer]>([
    ['a byte order mark, as Go does', '\ufeff{}'],
    ['UTF-16', Buffer.from('{}', 'utf16le')],
    ['nothing', ''],
    ['a document that is cut off', '{"a":"b'],
    ['what follows a document', '{}{}'],
  ])('refuses %s', (_what, text) => {
    expect(() => parse(text)).toThrow(refusal('IMAGE_INVALID', /^x\.tar: index is not JSON/));
  });

  it('does not quote what it could not read: it may be a file of this machine', () => {
    let refused: unknown;
    try {
      parse('root:$y$j9T$secret:19000');
    } catch (error) {
      refused = error;
    }
    expect(refused).toMatchObject({ code: 'IMAGE_INVALID', message: 'x.tar: index is not JSON' });
    expect((refused as Error).cause).toBeUndefined();
  });

  it('gives keys that JavaScript knows as keys, and changes no object by them', () => {
    const parsed = parse('{"__proto__":{"polluted":1},"constructor":{}}') as object;
    expect(Object.keys(parsed)).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
