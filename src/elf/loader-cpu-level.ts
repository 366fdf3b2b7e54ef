import type { ByteSource } from '../core/byte-source.ts';
import type { ElfFacts } from './facts.ts';
import { findStrings } from './find-strings.ts';

/** Compiled in where glibc itself is built for such a level: sysdeps/x86_64/dl-hwcap-check.h. The level is an argument. */
const REFUSAL = 'CPU does not support x86-64-v';
const SEARCH_LIMIT_BYTES = 16 * 1024 * 1024;

/**
 * For which processors a loader, or the C library in a static program, was built, in words: `x86-64-v3`, or that it is
 * some level; null where it runs on every one. RHEL 9 and UBI 9 are built for x86-64-v2, 10 for x86-64-v3.
 */
export function loaderCpuLevel({ isaLevel }: Pick<ElfFacts, 'isaLevel'>, source: ByteSource): string | null {
  if (isaLevel !== null && isaLevel !== 'x86-64-baseline') return isaLevel;
  const found = findStrings(source, [REFUSAL], { limitBytes: SEARCH_LIMIT_BYTES });
  return found.size === 0 ? null : 'a level above the baseline of x86-64';
}
