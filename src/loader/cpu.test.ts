import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { baselineCpu, hostCpu, x86Cpu } from './cpu.ts';
import { hwcapsSubdirectories } from './hwcaps.ts';
import { usualProfile } from './ld-so-profile.ts';

const V2 = 'cx16 lahf_lm popcnt pni ssse3 sse4_1 sse4_2';
const V3 = `${V2} avx avx2 bmi1 bmi2 f16c fma abm movbe`;
const cpuinfo = (vendor: string, flags: string): string =>
  `processor\t: 0\nvendor_id\t: ${vendor}\nflags\t\t: fpu ${flags}\n`;

describe('x86Cpu', () => {
  it('knows the levels, each with all below it', () => {
    expect(x86Cpu(cpuinfo('AuthenticAMD', V2)).hwcaps).toEqual(['x86-64-v2']);
    expect(x86Cpu(cpuinfo('AuthenticAMD', V3)).hwcaps).toEqual(['x86-64-v3', 'x86-64-v2']);
    expect(x86Cpu(cpuinfo('AuthenticAMD', V3.replace('popcnt', ''))).hwcaps).toEqual([]);
    expect(x86Cpu('').hwcaps).toEqual([]);
  });

  it("has glibc's platform names for Intel only", () => {
    expect(x86Cpu(cpuinfo('AuthenticAMD', V3)).platform).toBe('x86_64');
    expect(x86Cpu(cpuinfo('GenuineIntel', V3)).platform).toBe('haswell');
    const avx512 = `${V3} avx512f avx512cd avx512bw avx512dq avx512vl`;
    expect(x86Cpu(cpuinfo('GenuineIntel', avx512))).toMatchObject({
      platform: 'haswell',
      legacyHwcaps: ['x86_64', 'avx512_1'],
    });
    expect(x86Cpu(cpuinfo('GenuineIntel', `${V3} avx512cd avx512er avx512pf`)).platform).toBe('xeon_phi');
  });

  const loader = '/lib64/ld-linux-x86-64.so.2';
  it.skipIf(!existsSync(loader) || process.arch !== 'x64')(
    'is what ld.so says of this machine',
    ({ skip }) => {
      const { stdout } = spawnSync(loader, ['--list-diagnostics'], { encoding: 'utf8' });
      if (!stdout.includes('dl_hwcaps_subdirs_active')) skip('an ld.so that does not say');
      const value = (name: string): string =>
        new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(stdout)?.[1] ?? '';
      expect(hostCpu().platform).toBe(value('dl_platform'));
      const active = Number(value('dl_hwcaps_subdirs_active'));
      const names = value('dl_hwcaps_subdirs').split(':');
      expect(hostCpu().hwcaps).toEqual(names.filter((_, n) => (active & (1 << n)) !== 0));
    },
  );
});

describe('hwcapsSubdirectories', () => {
  const intel = x86Cpu(cpuinfo('GenuineIntel', V3));
  const profile = usualProfile('x86_64');

  it('is the named ones, then the directory itself', () => {
    expect(hwcapsSubdirectories(profile, intel)).toEqual([
      'glibc-hwcaps/x86-64-v3/',
      'glibc-hwcaps/x86-64-v2/',
      '',
    ]);
    expect(hwcapsSubdirectories(profile, baselineCpu('x86_64'))).toEqual(['']);
  });

  it('has the combinations of glibc 2.36 and before, longest first', () => {
    const old = { ...profile, glibcHwcaps: false, legacyHwcaps: true };
    expect(hwcapsSubdirectories(old, intel)).toEqual([
      'tls/haswell/x86_64/',
      'tls/haswell/',
      'tls/x86_64/',
      'tls/',
      'haswell/x86_64/',
      'haswell/',
      'x86_64/',
      '',
    ]);
  });
});
