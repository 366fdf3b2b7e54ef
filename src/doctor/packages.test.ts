import { describe, expect, it } from 'vitest';
import { installCommand, packageManagerOf } from './packages.ts';

describe('packageManagerOf', () => {
  it.each([
    ['ID=debian\nVERSION_ID="12"\n', 'apt'],
    ['ID=linuxmint\nID_LIKE="ubuntu debian"\n', 'apt'],
    ['ID="opensuse-leap"\nID_LIKE="suse opensuse"\n', 'zypper'],
    ['ID="rocky"\nID_LIKE="rhel centos fedora"\n', 'dnf'],
    ['ID=alpine\n', 'apk'],
    ['ID=plan9\n', null],
  ])('reads %j', (text, manager) => {
    expect(packageManagerOf(text)).toBe(manager);
  });
});

describe('installCommand', () => {
  it('names the exact packages of the system', () => {
    expect(installCommand('musl-gcc', 'apt')).toBe('apt-get install -y --no-install-recommends musl-tools');
  });
  it('falls back to the way the makers publish it', () => {
    expect(installCommand('zig', 'apt')).toBe('pip install ziglang');
  });
  it('says nothing where it knows nothing', () => {
    expect(installCommand('musl-gcc', 'zypper')).toBeNull();
  });
});
