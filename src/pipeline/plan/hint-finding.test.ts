import { describe, expect, it } from 'vitest';
import type { HintedPath } from '../../needs/index.ts';
import { hintFinding } from './hint-finding.ts';

const hint = (path: string, namedBy = '/usr/bin/app', more: Partial<HintedPath> = {}): HintedPath => ({
  path,
  kind: 'directory',
  sizeBytes: 12,
  files: 3,
  isWhole: true,
  namedBy,
  ...more,
});

describe('hintFinding', () => {
  it('names what is not packed, with its size and an option that packs it', () => {
    const found = hintFinding(
      [
        hint('/usr/lib/app'),
        hint('/etc/app', '/usr/bin/app', { kind: 'file' }),
        hint('/opt/x', '/l.so', { isWhole: false }),
      ],
      ['/usr/bin/app'],
      [],
    );
    expect(found).toEqual({
      level: 'info',
      message:
        'it or a library of it names what is on this machine, and is not packed: /usr/lib/app (12 bytes in 3 files), /etc/app (12 bytes), /opt/x (at least 12 bytes in 3 files)',
      hint: 'add what it uses, such as --add /usr/lib/app:/usr/lib/app',
    });
  });

  it('says nothing of what is in the image, of the shell, and of the configuration of libraries', () => {
    const hints = [hint('/usr/lib/app'), hint('/bin/sh'), hint('/etc/ldap', '/lib/libldap.so')];
    expect(hintFinding(hints, ['/usr/bin/app'], ['/usr/lib/app/x'])).toBeNull();
    expect(hintFinding([], [], [])).toBeNull();
  });

  it('names a few, and counts the others', () => {
    const many = Array.from({ length: 10 }, (_, index) => hint(`/opt/${index}`));
    expect(hintFinding(many, [], [])?.message).toMatch(/\/opt\/5 \(12 bytes in 3 files\), and 4 more$/);
  });
});
