import { describe, expect, it } from 'vitest';
import { MAX_ID, parseId, parseMode, parseNumericUser } from './user-ids.ts';

describe('parseId', () => {
  it('takes what the kernel can give, up to the last before -1', () => {
    expect(['0', '007', '65532', '4294967294'].map(parseId)).toEqual([0, 7, 65532, MAX_ID]);
  });

  it.each(
    ['', '-1', '+5', '0x10', '1e3', '65532.0', ' 5', '5 ', '5\n', '\u0665', 'abc', '4294967295', '4294967296']
      .concat(['18446744073709551616', '9'.repeat(400)])
      .map((text) => [text]),
  )('refuses %j', (text) => expect(parseId(text)).toBeNull());
});

describe('parseNumericUser', () => {
  it('takes a uid, with or without a gid', () => {
    expect(parseNumericUser('5')).toEqual({ uid: 5, gid: null });
    expect(parseNumericUser('5:0')).toEqual({ uid: 5, gid: 0 });
  });

  it.each([['1:'], [':5'], ['1:2:3'], ['1: 2'], ['1:4294967295'], ['4294967296:1'], ['root'], ['']])(
    'refuses %j',
    (text) => expect(parseNumericUser(text)).toBeNull(),
  );
});

describe('parseMode', () => {
  it('takes octal digits that chmod takes', () => {
    expect(['644', '0644', '4755', '07777', '000'].map(parseMode)).toEqual([0o644, 0o644, 0o4755, 0o7777, 0]);
    expect(['10000', '17777', '888', '0o644', '64', '0000644', '-644', ''].map(parseMode)).toEqual(
      Array.from({ length: 8 }, () => null),
    );
  });
});
