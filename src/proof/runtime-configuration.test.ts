import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImageConfig } from '../oci/index.ts';
import { directoryTree } from '../rootfs/index.ts';
import { runtimeConfiguration } from './runtime-configuration.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'runtime-configuration-'));
  mkdirSync(join(root, 'etc'));
  const passwd = [
    'root:x:0:0::/:',
    ' bob:x:1000:1001::/: ',
    '777:x:5:6::/:',
    'abc:x:abc:0::/:',
    'point:x:1.5:0::/:',
    'minus:x:-1:-1::/:',
    'wraps:x:4294967296:0::/:',
    'group:x:1000:65536x::/:',
    'short',
  ];
  writeFileSync(join(root, 'etc/passwd'), passwd.join('\n'));
  writeFileSync(join(root, 'etc/group'), 'staff:x:50:bob\nnone:x::\n');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const of = (config: NonNullable<ImageConfig['config']>) =>
  runtimeConfiguration({ config }, directoryTree(root));
const invalid = expect.objectContaining({
  code: 'IMAGE_INVALID',
  hint: expect.stringMatching(/\w/) as string,
});

describe('the user of an image', () => {
  it.each([
    ['', 0, 0],
    ['5', 5, 6],
    ['bob', 1000, 1001],
    ['1000', 1000, 1001],
    ['1234', 1234, 0],
    ['bob:', 1000, 1001],
    ['bob:staff', 1000, 50],
    ['bob:7', 1000, 7],
    [':5', 0, 5],
    [':', 0, 0],
    ['4294967294:4294967294', 4294967294, 4294967294],
  ])('is %j: %d:%d', (User, uid, gid) => expect(of({ User })).toMatchObject({ uid, gid }));

  it('has the groups of its members, its own first, unless one was given', () => {
    expect(of({ User: 'bob' }).groups).toEqual([1001, 50]);
    expect(of({ User: 'bob:staff' }).groups).toEqual([50]);
    expect(of({}).groups).toEqual([0]);
  });

  it('is never the name 777, since digits are a number', () => {
    expect(of({ User: '777' })).toMatchObject({ uid: 777, gid: 0 });
  });

  it.each([
    ['4294967295'],
    ['4294967296:0'],
    ['65532:4294967296'],
    ['9999999999999999999999'],
    ['-1'],
    ['+5'],
    ['0x10'],
    ['1e3'],
    ['65532.0'],
    [' 5'],
    ['1:2:3'],
    ['nobody'],
    ['bob:nobody'],
    ['abc'],
    ['point'],
    ['minus'],
    ['wraps'],
    ['group'],
    ['short'],
    ['bob:none'],
  ])('is not %j', (User) => expect(() => of({ User })).toThrowError(invalid));
});

describe('the working directory of an image', () => {
  it.each([
    [undefined, '/'],
    ['', '/'],
    ['/data', '/data'],
    ['/a/../../etc', '/etc'],
  ])('of %j is %s', (WorkingDir, cwd) => expect(of({ WorkingDir }).cwd).toBe(cwd));

  it.each([['data'], ['../x'], ['/a\0b'], [`/${'x'.repeat(300)}`], ['/x'.repeat(3000)]])(
    'is not %.20j',
    (WorkingDir) => expect(() => of({ WorkingDir })).toThrowError(invalid),
  );
});

it('stops as the image says, and takes no word for a signal that is none', () => {
  expect(of({}).stopSignal).toEqual({ name: 'SIGTERM', number: 15 });
  expect(of({ StopSignal: 'SIGRTMIN+3' }).stopSignal.number).toBe(37);
  expect(() => of({ StopSignal: 'NOPE' })).toThrowError(invalid);
});
