import { describe, expect, it } from 'vitest';
import { startsSecure } from './secure-mode.ts';

// setcap cap_net_bind_service=ep, and =p without the effective flag (struct vfs_cap_data, revision 2).
const EFFECTIVE = Buffer.from('0100000200040000000000000000000000000000', 'hex');
const PERMITTED = Buffer.from('0000000200040000000000000000000000000000', 'hex');
const HIGH = Buffer.from('0000000200000000000000000001000000000000', 'hex');
const INHERITABLE = Buffer.from('0000000200000000000400000000000000000000', 'hex');
const plain = { mode: 0o755, uid: 0, gid: 0 };
const user = { uid: 65532, gid: 65532 };
const root = { uid: 0, gid: 0 };

describe('startsSecure', () => {
  it.each([
    ['a plain program', plain, user, false],
    ['setuid root', { ...plain, mode: 0o4755 }, user, true],
    ['setuid root, by root', { ...plain, mode: 0o4755 }, root, false],
    ['setuid of its own user', { ...plain, mode: 0o4755, uid: 65532 }, user, false],
    ['setuid of another, by root', { ...plain, mode: 0o4755, uid: 6 }, root, true],
    ['setgid', { ...plain, mode: 0o2755, gid: 42 }, user, true],
    ['setgid without group execution', { ...plain, mode: 0o2745, gid: 42 }, user, false],
    ['effective capabilities', { ...plain, capability: EFFECTIVE }, user, true],
    ['effective capabilities, by root', { ...plain, capability: EFFECTIVE }, root, false],
    ['permitted ones', { ...plain, capability: PERMITTED }, user, true],
    ['one above 31', { ...plain, capability: HIGH }, user, true],
    ['inheritable ones, of which nothing is inherited', { ...plain, capability: INHERITABLE }, user, false],
    ['an attribute that is too short', { ...plain, capability: Buffer.from([1]) }, user, false],
  ])('%s', (_, file, by, expected) => {
    expect(startsSecure(file, by)).toBe(expected);
  });
});
