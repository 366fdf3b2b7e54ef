import { describe, expect, it } from 'vitest';
import { memoryByteSource } from '../core/byte-source.ts';
import type { FileTree } from './file-tree.ts';
import { homeOf, lookUpUser } from './look-up-user.ts';

const PASSWD = [
  'root:x:0:0::/root:/bin/sh',
  ' bob:x:1000:1001::/home/bob: ',
  '777:x:5:6::/five:',
  'second:x:1000:9::/second:',
  'abc:x:abc:0::/:',
  'wraps:x:4294967296:0::/:',
  'group:x:1002:65536x::/:',
  'homeless:x:1003:0:::',
  'short',
];
const GROUP = [
  'staff:x:50:bob',
  'none:x::',
  'again:x:51:',
  'again:x:52:',
  ' wheel:x:53:alice,bob,second2 ',
  'admin:x:54:root',
];

/** Only what a look-up asks for. */
function treeOf(files: Readonly<Record<string, string>>): FileTree {
  const open = (path: string) => {
    const text = files[path];
    return text === undefined ? null : memoryByteSource(Buffer.from(text));
  };
  return { name: 'test', lstat: () => null, list: () => [], resolve: () => null, open };
}

const tree = treeOf({ '/etc/passwd': PASSWD.join('\n'), '/etc/group': GROUP.join('\n') });

describe('lookUpUser', () => {
  it.each([
    ['', 0, 0, false],
    [':', 0, 0, false],
    [':5', 0, 5, false],
    ['0', 0, 0, false],
    ['5', 5, 6, false],
    ['777', 777, 0, false],
    ['1000', 1000, 1001, false],
    ['1234', 1234, 0, false],
    ['bob', 1000, 1001, true],
    ['bob:', 1000, 1001, true],
    ['bob:staff', 1000, 50, true],
    ['bob:again', 1000, 51, true],
    ['group:7', 1002, 7, true],
    ['4294967294:4294967294', 4294967294, 4294967294, false],
  ])('finds %j', (text, uid, gid, isByName) => {
    const id = (number: number) => ({ kind: 'id', id: number });
    expect(lookUpUser(text, tree)).toMatchObject({ uid: id(uid), gid: id(gid), isByName });
  });

  it.each([
    ['bob', [50, 53]],
    ['1000', [50, 53]],
    ['bob:staff', []],
    ['', [54]],
    ['0', [54]],
    [':5', []],
    ['1234', []],
    ['homeless', []],
  ])('finds the groups that %j is a member of', (text, groups) => {
    expect(lookUpUser(text, tree)?.groups).toEqual(groups.map((id) => ({ kind: 'id', id })));
  });

  it('finds a group whose line has no id', () => {
    expect(lookUpUser('second', tree)?.groups).toEqual([]);
    const lines = { '/etc/passwd': 'bob:x:1:1::/:', '/etc/group': 'odd:x:no:bob' };
    const noId = { kind: 'no-id', name: 'odd', text: 'no', file: '/etc/group' };
    expect(lookUpUser('bob', treeOf(lines))?.groups).toEqual([noId]);
  });

  it.each([
    ['nobody', { kind: 'unknown', name: 'nobody', file: '/etc/passwd' }],
    [' 5', { kind: 'unknown', name: ' 5', file: '/etc/passwd' }],
    ['-1', { kind: 'unknown', name: '-1', file: '/etc/passwd' }],
    ['4294967295', { kind: 'no-id', name: '4294967295', text: '4294967295', file: null }],
    ['abc', { kind: 'no-id', name: 'abc', text: 'abc', file: '/etc/passwd' }],
    ['wraps', { kind: 'no-id', name: 'wraps', text: '4294967296', file: '/etc/passwd' }],
    ['short', { kind: 'no-id', name: 'short', text: '', file: '/etc/passwd' }],
  ])('finds no uid of %j', (text, uid) => expect(lookUpUser(text, tree)?.uid).toEqual(uid));

  it.each([
    ['bob:nobody', { kind: 'unknown', name: 'nobody', file: '/etc/group' }],
    ['bob:none', { kind: 'no-id', name: 'none', text: '', file: '/etc/group' }],
    ['5:4294967296', { kind: 'no-id', name: '4294967296', text: '4294967296', file: null }],
    ['group', { kind: 'no-id', name: 'group', text: '65536x', file: '/etc/passwd' }],
    ['nobody', { kind: 'unknown', name: 'nobody', file: '/etc/passwd' }],
  ])('finds no gid of %j', (text, gid) => expect(lookUpUser(text, tree)?.gid).toEqual(gid));

  it('takes nothing with two colons', () => expect(lookUpUser('1:2:3', tree)).toBeNull());

  it('needs no file for numbers', () => {
    expect(lookUpUser('7:8', treeOf({}))).toMatchObject({ uid: { id: 7 }, gid: { id: 8 } });
    expect(lookUpUser('bob', treeOf({}))?.uid.kind).toBe('unknown');
  });
});

describe('homeOf', () => {
  it.each([
    [0, '/root'],
    [1000, '/home/bob'],
    [5, '/five'],
    [1003, '/'],
    [4242, '/'],
  ])('%d has %s', (uid, home) => expect(homeOf(uid, tree)).toBe(home));
});
