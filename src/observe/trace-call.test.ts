import { describe, expect, it } from 'vitest';
import { parseCall } from './trace-call.ts';

const argsOf = (text: string): readonly string[] | undefined => parseCall({ text })?.args;
const resultOf = (text: string): unknown => parseCall({ text })?.result;

describe('arguments', () => {
  it.each<[string, readonly string[]]>([
    ['fork() = 3', []],
    ['open("/a", O_RDONLY) = 3', ['"/a"', 'O_RDONLY']],
    ['open("a, b) = 3\\", c", O_RDONLY) = 3', ['"a, b) = 3\\", c"', 'O_RDONLY']],
    ['openat(3</a,b) = 3>, "x", 0) = 3', ['3</a,b) = 3>', '"x"', '0']],
    ['openat(AT_FDCWD</a"b>, "x", 0) = 3', ['AT_FDCWD</a"b>', '"x"', '0']],
    ['execve("/a", ["a", ")"], 0x1 /* 2 vars) */) = 0', ['"/a"', '["a", ")"]', '0x1 /* 2 vars) */']],
    ['openat2(3, "a", {flags=A|B, resolve=0}, 24) = 3', ['3', '"a"', '{flags=A|B, resolve=0}', '24']],
    ['clone3({flags=0} => {parent_tid=[1]}, 88) = 1', ['{flags=0} => {parent_tid=[1]}', '88']],
    ['x(1<<3, 2) = 0', ['1<<3', '2']],
    ['vfork( ) = 7', ['']],
  ])('%s', (text, args) => expect(argsOf(text)).toEqual(args));
});

describe('the answer', () => {
  it.each([
    ['a() = 3', { kind: 'success', value: 3 }],
    ['a()      = 0', { kind: 'success', value: 0 }],
    ['a() = 0x7f', { kind: 'success', value: 0x7f }],
    ['a() = 3</etc>', { kind: 'success', value: 3, path: '/etc' }],
    ['a() = 3</e) = -1 ENOENT (x)>', { kind: 'success', value: 3, path: '/e) = -1 ENOENT (x)' }],
    ['a() = 3</etc>(deleted)', { kind: 'success', value: 3 }],
    ['a() = 3<pipe:[7]>', { kind: 'success', value: 3 }],
    ['a() = 2 (flags O_RDWR)', { kind: 'success', value: 2 }],
    ["a() = 2 /* 9 in strace's PID NS */", { kind: 'success', value: 2 }],
    ['a() = -1 ENOENT (No such file or directory)', { kind: 'error', errno: 'ENOENT' }],
    ['a() = -1 (errno 18446744073709551595)', { kind: 'error', errno: '' }],
    ['a() = ?', { kind: 'none' }],
    ['a() = ? ERESTARTSYS (To be restarted if SA_RESTART is set)', { kind: 'none' }],
  ])('%s', (text, result) => expect(resultOf(text)).toEqual(result));

  it.each([
    'a()',
    'a() =',
    'a() = x',
    'a() = 3</etc',
    'a() = -2',
    'a() = 3x',
    'a() = -1 ENOENT',
    'a(',
    'a("x) = 3',
  ])('%s is none', (text) => expect(parseCall({ text })).toBeNull());

  it.each(['', 'open', 'A() = 0', '+++ exited with 0 +++', '"a"() = 0', ' a() = 0', '3() = 0'])(
    '%s is no call',
    (text) => expect(parseCall({ text })).toBeNull(),
  );
});

describe('a line without its middle', () => {
  it('has its first arguments, and its answer', () => {
    const end = 'zz", "b) = 3"], 0x1 /* 2 vars */) = -1 EACCES (Permission denied)';
    expect(parseCall({ text: 'execve("/a", ["x', end })).toEqual({
      name: 'execve',
      args: ['"/a"'],
      result: { kind: 'error', errno: 'EACCES' },
    });
  });

  it.each(['...], 0x1) = 0 ', ') = 3x', ') = 0"', ') = 3</etc>'])('has none that %j gives', (end) => {
    expect(parseCall({ text: 'execve("/a", ["x', end })).toBeNull();
  });
});
