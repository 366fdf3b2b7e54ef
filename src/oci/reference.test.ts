import { describe, expect, it } from 'vitest';
import { formatImageName, parseImageName } from './reference.ts';

describe('parseImageName', () => {
  it.each([
    ['hello', { name: 'hello', tag: null }],
    ['hello:1.0', { name: 'hello', tag: '1.0' }],
    ['localhost:5000/team/app:v1_2', { name: 'localhost:5000/team/app', tag: 'v1_2' }],
    ['registry.example/a--b/c__d', { name: 'registry.example/a--b/c__d', tag: null }],
    ['127.0.0.1:5055/x', { name: '127.0.0.1:5055/x', tag: null }],
  ])('reads %s', (text, expected) => {
    expect(parseImageName(text)).toEqual(expected);
  });

  it.each([
    '',
    'Hello',
    'a//b',
    'hello:',
    'hello:.x',
    'hello@sha256:abc',
    '../x',
    'a b',
    `${'a'.repeat(256)}`,
    '-a',
  ])('refuses %j', (text) => {
    expect(() => parseImageName(text)).toThrowError(expect.objectContaining({ code: 'USAGE' }));
  });

  it('gives archives a tag', () => {
    expect(formatImageName(parseImageName('hello'))).toBe('hello:latest');
  });
});
