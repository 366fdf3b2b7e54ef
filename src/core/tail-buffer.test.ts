import { describe, expect, it } from 'vitest';
import { TailBuffer } from './tail-buffer.ts';

function fed(limitBytes: number, pieces: readonly string[]): TailBuffer {
  const buffer = new TailBuffer(limitBytes);
  for (const piece of pieces) buffer.push(Buffer.from(piece));
  return buffer;
}

describe('TailBuffer', () => {
  it.each([
    ['everything that fits', 8, ['ab', 'cd'], 'abcd', 0],
    ['the end of pieces', 4, ['abc', 'def', 'g'], 'defg', 3],
    ['the end of one piece', 4, ['abcdefg'], 'defg', 3],
    ['nothing at a limit of zero', 0, ['abc', ''], '', 3],
  ])('keeps %s', (_, limit, pieces, text, dropped) => {
    const buffer = fed(limit, pieces);
    expect([buffer.text(), buffer.droppedBytes]).toEqual([text, dropped]);
  });

  it('says of any pieces what one string would', () => {
    const text = Array.from({ length: 5000 }, (_, index) => `${index};`).join('');
    for (const step of [1, 2, 7, 100, 4095, 4096, 4097]) {
      const pieces = Array.from({ length: Math.ceil(text.length / step) }, (_, index) =>
        text.slice(index * step, (index + 1) * step),
      );
      const buffer = fed(9000, pieces);
      expect(buffer.text()).toBe(text.slice(-9000));
      expect(buffer.droppedBytes).toBe(text.length - 9000);
    }
  });
});
