import { describe, expect, it } from 'vitest';
import { normaliseReference, qualifiedReference } from './image-reference.ts';

describe('image names', () => {
  it.each([
    ['hello', 'hello:latest', 'docker.io/library/hello:latest'],
    ['hello:1.2', 'hello:1.2', 'docker.io/library/hello:1.2'],
    ['me/hello', 'me/hello:latest', 'docker.io/me/hello:latest'],
    ['ghcr.io/me/x_y/z--w:v1', 'ghcr.io/me/x_y/z--w:v1', 'ghcr.io/me/x_y/z--w:v1'],
    ['localhost/x', 'localhost/x:latest', 'localhost/x:latest'],
    ['localhost:5000/x:1', 'localhost:5000/x:1', 'localhost:5000/x:1'],
    ['127.0.0.1:5055/d:1', '127.0.0.1:5055/d:1', '127.0.0.1:5055/d:1'],
  ])('%s', (text, normalised, qualified) => {
    expect(normaliseReference(text)).toBe(normalised);
    expect(qualifiedReference(text)).toBe(qualified);
  });

  it.each([
    '',
    'Hello',
    'me/Hello',
    'Me/hello',
    'hello:',
    'hello:a b',
    ':1',
    '-x',
    'a//b',
    '/a',
    'a/',
    `${'x'.repeat(300)}`,
    'x:'.concat('t'.repeat(129)),
    'a b',
    'x@sha256:00',
  ])('refuses %j', (text) => {
    expect(() => normaliseReference(text)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});
