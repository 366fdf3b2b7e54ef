import { readFileSync } from 'node:fs';
import { hostMachine, type MachineName, X86_LEVELS, type X86Level } from '../core/machines.ts';

/** A processor as glibc's loader sees it when it chooses among library variants. */
export interface Cpu {
  /** glibc-hwcaps subdirectories that it supports, best first: `x86-64-v3`, `x86-64-v2`. */
  readonly hwcaps: readonly string[];
  /** AT_PLATFORM as ld.so has it, for $PLATFORM and (until glibc 2.36) a subdirectory. */
  readonly platform: string | null;
  /** Until glibc 2.36: names of the important AT_HWCAP bits, in the order of the bits. */
  readonly legacyHwcaps: readonly string[];
}

/** What every processor of a machine can be relied on to have. The same object for the same machine. */
export function baselineCpu(machine: MachineName | null): Cpu {
  return (machine === null ? undefined : BASELINES[machine]) ?? NO_CPU;
}

const NO_CPU: Cpu = { hwcaps: [], platform: null, legacyHwcaps: [] };
const X86_64: Cpu = { hwcaps: [], platform: 'x86_64', legacyHwcaps: ['x86_64'] };

/** AT_PLATFORM of the kernel: ELF_PLATFORM in arch/<machine>/include/asm/elf.h. */
const BASELINES: Readonly<Partial<Record<MachineName, Cpu>>> = {
  x86_64: X86_64,
  x32: X86_64,
  i386: { hwcaps: [], platform: 'i686', legacyHwcaps: ['sse2'] },
  aarch64: { ...NO_CPU, platform: 'aarch64' },
  arm: { ...NO_CPU, platform: 'v7l' },
  ppc64le: { ...NO_CPU, platform: 'power8' },
  s390x: { ...NO_CPU, platform: 'z900' },
};

/** The processor of this machine; the baseline on machines other than x86-64. Reads /proc/cpuinfo. */
export function hostCpu(): Cpu {
  const machine = hostMachine();
  if (machine !== 'x86_64') return baselineCpu(machine);
  let text = '';
  try {
    text = readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    // Without /proc only the baseline is certain.
  }
  return x86Cpu(text);
}

// sysdeps/x86/get-isa-level.h, in the kernel's names: pni is SSE3, abm is LZCNT.
const LEVEL_FLAGS: Readonly<Record<X86Level, readonly string[]>> = {
  'x86-64-v2': ['cx16', 'lahf_lm', 'popcnt', 'pni', 'ssse3', 'sse4_1', 'sse4_2'],
  'x86-64-v3': ['avx', 'avx2', 'bmi1', 'bmi2', 'f16c', 'fma', 'abm', 'movbe'],
  'x86-64-v4': ['avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl'],
};

/** The first processor of a /proc/cpuinfo text, by the rules of glibc's sysdeps/x86/cpu-features.c. */
export function x86Cpu(cpuinfo: string): Cpu {
  const flags = new Set(/^flags\s*:\s*(.*)$/m.exec(cpuinfo)?.[1]?.split(' '));
  const has = (...names: readonly string[]): boolean => names.every((name) => flags.has(name));
  const hwcaps: string[] = [];
  for (const level of X86_LEVELS.toReversed()) {
    if (!has(...LEVEL_FLAGS[level])) break;
    hwcaps.unshift(level);
  }
  const base = X86_64;
  // Only for Intel does glibc replace AT_PLATFORM: other vendors keep the kernel's `x86_64`.
  if (!/^vendor_id\s*:\s*GenuineIntel$/m.test(cpuinfo)) return { ...base, hwcaps };
  const phi = has('avx512cd', 'avx512er', 'avx512pf');
  const haswell = has('avx2', 'fma', 'bmi1', 'bmi2', 'abm', 'movbe', 'popcnt');
  const avx512 = has('avx512cd', 'avx512bw', 'avx512dq', 'avx512vl') && !has('avx512er');
  return {
    hwcaps,
    platform: phi ? 'xeon_phi' : haswell ? 'haswell' : base.platform,
    legacyHwcaps: avx512 ? ['x86_64', 'avx512_1'] : ['x86_64'],
  };
}
