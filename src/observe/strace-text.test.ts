import { describe, expect, it } from 'vitest';
import { encodeName } from '../tar/index.ts';
import { parseDescriptor, parseQuoted } from './strace-text.ts';

const textOf = (source: string): string | undefined => parseQuoted(source)?.text;

describe('a string of the program', () => {
  it.each([
    ['"/etc/passwd"', '/etc/passwd'],
    ['""', ''],
    ['"a\\nb\\tc\\rd\\fe\\vf"', 'a\nb\tc\rd\fe\vf'],
    ['"q\\"q\\\\"', 'q"q\\'],
    ['"\\1x\\0011"', '\u0001x\u00011'],
    ['"\\303\\251"', 'é'],
    ['"\\x41\\xc3\\xa9"', 'Aé'],
    ['") = 3"', ') = 3'],
  ])('%s is %j', (source, text) => {
    expect(parseQuoted(source)).toEqual({ text, isCut: false });
  });

  it('keeps bytes that are not UTF-8', () => {
    expect(encodeName(textOf('"a\\377\\376"') ?? '')).toEqual(Buffer.from([0x61, 0xff, 0xfe]));
    expect(encodeName(textOf('"\u00FF\u00E9"') ?? '')).toEqual(Buffer.from([0xff, 0xe9]));
  });

  it('is known to be cut', () => {
    expect(parseQuoted('"/long"...')).toEqual({ text: '/long', isCut: true });
  });

  it.each(['NULL', '0x7ffc', '"open', '"open\\"', '"\\400"', '"\\q"', '"\\x4"', '"a\\0b"', '"\\'])(
    '%s is none',
    (source) => expect(parseQuoted(source)).toBeNull(),
  );
});

describe('a descriptor', () => {
  it.each([
    ['AT_FDCWD</>', { isWorkingDirectory: true, path: '/', isDeleted: false }],
    ['AT_FDCWD', { isWorkingDirectory: true, path: undefined, isDeleted: false }],
    ['AT_FDCWD</a (deleted)>', { isWorkingDirectory: true, path: undefined, isDeleted: true }],
    ['3</a\\74b\\76\\377>', { isWorkingDirectory: false, path: '/a<b>\uDCFF', isDeleted: false }],
    ['3</a (deleted)>', { isWorkingDirectory: false, path: '/a (deleted)', isDeleted: false }],
    ['3</a>(deleted)', { isWorkingDirectory: false, path: undefined, isDeleted: true }],
    ['3<pipe:[7]>', { isWorkingDirectory: false, path: undefined, isDeleted: false }],
    ['3', { isWorkingDirectory: false, path: undefined, isDeleted: false }],
  ])('%s', (source, descriptor) => expect(parseDescriptor(source)).toEqual(descriptor));

  it.each(['', '-1', '3</a', '3</a>x', 'x3</a>', '3</a></b>', '"3</a>"'])('%s is none', (source) =>
    expect(parseDescriptor(source)).toBeNull(),
  );
});
