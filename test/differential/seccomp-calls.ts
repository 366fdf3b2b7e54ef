import { readFileSync } from 'node:fs';

/** What the tests of the filters ask about: the ABIs that each machine's kernel serves, their calls, and arguments. */

// linux/audit.h; x32 shares x86_64's.
export const SECCOMP_ABIS = [
  { machine: 'x86_64', abi: 'x86_64', arch: 0xc000003e },
  { machine: 'x86_64', abi: 'x32', arch: 0xc000003e },
  { machine: 'x86_64', abi: 'x86', arch: 0x40000003 },
  { machine: 'aarch64', abi: 'aarch64', arch: 0xc00000b7 },
  { machine: 'aarch64', abi: 'arm', arch: 0x40000028 },
] as const;

export const SECCOMP_VARIANTS = ['no-network', 'network'] as const;

export const SECCOMP_CASES = SECCOMP_ABIS.flatMap((one) =>
  SECCOMP_VARIANTS.map((variant) => ({ ...one, variant })),
);

/** Each ABI's names and numbers, as libseccomp knew them when scripts/compile-seccomp.mjs ran last. */
export const CALL_NUMBERS: Readonly<Record<string, Readonly<Record<string, number>>>> = JSON.parse(
  readFileSync(new URL('seccomp-numbers.json', import.meta.url), 'utf8'),
);

/** First arguments around every edge of a condition. */
// prettier-ignore
const LOW_HALVES = [
  0x0n, 0x1n, 0x2n, 0x3n, 0x8n, 0x9n, 0xan, 0x10n, 0x11n, 0x24n, 0x25n, 0x26n, 0x27n, 0x28n, 0x29n, 0x2dn, 0x2en,
  0x2_0000n, 0x2_0008n, 0x0120_0011n, 0x0200_0000n, 0x1000_0000n, 0x7e02_0000n, 0x8000_0000n, 0xffff_ffffn,
];

/** The same with bits in the upper half of the register, which the kernel does not take of an int. */
export const FIRST_ARGUMENTS = LOW_HALVES.flatMap((low) => [
  low,
  low + 0x1_0000_0000n,
  low + 0xffff_ffff_0000_0000n,
]);
