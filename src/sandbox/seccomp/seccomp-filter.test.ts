import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runBpf } from '../../../test/differential/run-bpf.ts';
import { EAFNOSUPPORT, ENOSYS, EPERM, NUMBERED_CALLS, seccompRules, URETPROBE_X86_64 } from './policy.ts';
import type { SeccompMachine, SeccompRule, SeccompVariant } from './policy.ts';
import { INSTRUCTION_BYTES, MAX_INSTRUCTIONS, seccompFilter } from './seccomp-filter.ts';

/** The committed bytes, run call by call by an interpreter that knows nothing of libseccomp, against the policy. */

const NUMBERS: Readonly<Record<string, Readonly<Record<string, number>>>> = JSON.parse(
  readFileSync(new URL('../../../test/differential/seccomp-numbers.json', import.meta.url), 'utf8'),
);

// linux/audit.h.
const ABIS = [
  { machine: 'x86_64', abi: 'x86_64', arch: 0xc000003e },
  { machine: 'x86_64', abi: 'x32', arch: 0xc000003e },
  { machine: 'x86_64', abi: 'x86', arch: 0x40000003 },
  { machine: 'aarch64', abi: 'aarch64', arch: 0xc00000b7 },
  { machine: 'aarch64', abi: 'arm', arch: 0x40000028 },
] as const;
const VARIANTS = ['no-network', 'network'] as const;
const CASES = ABIS.flatMap((one) => VARIANTS.map((variant) => ({ ...one, variant })));

const ALLOW = 0x7fff0000;
const ERRNO = 0x00050000;

/** Around every edge of a condition, in both halves of a register. */
const VALUES = [
  0n,
  1n,
  2n,
  3n,
  8n,
  9n,
  10n,
  16n,
  17n,
  36n,
  37n,
  38n,
  39n,
  40n,
  41n,
  45n,
  46n,
  0x11n,
  0x20000n,
]
  .concat([0x20008n, 0x7e020000n, 0x02000000n, 0x80000000n, 0xffffffffn, 0x01200011n, 0x10000000n])
  .flatMap((low) => [low, low + (1n << 32n), low + 0xffff_ffff_0000_0000n]);

const describeCall = (name: string, first: bigint): string => `${name}(0x${first.toString(16)})`;

/** What the policy says, read as its types say it. */
function expected(rules: readonly SeccompRule[], name: string, first: bigint): number {
  const holds = rules.filter(
    ({ names, anyOf }) =>
      names.includes(name) &&
      (anyOf === undefined || anyOf.some(({ mask, value }) => (first & mask) === value)),
  );
  expect(holds.length, `rules for ${describeCall(name, first)}`).toBeLessThanOrEqual(1);
  const [rule] = holds;
  if (rule === undefined) return name in NUMBERED_CALLS ? ALLOW : ERRNO + EPERM;
  return rule.errno === undefined ? ALLOW : ERRNO + rule.errno;
}

describe('the committed filters', () => {
  it.each(CASES)(
    'answer for each name of $abi as the policy: $variant',
    ({ machine, abi, arch, variant }) => {
      const filter = seccompFilter(machine, variant);
      const rules = seccompRules(machine, variant);
      // A 32-bit program has 32-bit registers.
      const values = abi === 'x86' || abi === 'arm' ? VALUES.filter((value) => value < 1n << 32n) : VALUES;
      const wrong: string[] = [];
      const newest = Math.max(...Object.values(NUMBERED_CALLS));
      for (const [name, number] of Object.entries(NUMBERS[abi]!)) {
        if (number > newest && number < 512) continue; // newer than the policy: below
        const conditional = rules.some(({ names, anyOf }) => names.includes(name) && anyOf !== undefined);
        for (const first of conditional ? values : values.slice(0, 1)) {
          const got = runBpf(filter, { arch, number, args: [first, 0n, 0n, 0n, 0n, 0n] });
          // libseccomp compares the low halves for x32, as for i386: all that the kernel takes of an int.
          const compared = abi === 'x32' ? BigInt.asUintN(32, first) : first;
          if (got !== expected(rules, name, compared))
            wrong.push(`${describeCall(name, first)}: ${got.toString(16)}`);
        }
      }
      expect(wrong).toEqual([]);
    },
  );

  it.each(ABIS)(
    'know the calls of $abi that are given by number, and ENOSYS behind them',
    ({ machine, abi, arch }) => {
      const filter = seccompFilter(machine, 'no-network');
      const bit = abi === 'x32' ? 0x4000_0000 : 0;
      const answer = (number: number): number => runBpf(filter, { arch, number: number + bit, args: [] });
      const allowed = Array.from({ length: 512 - 451 }, (_, index) => 451 + index).filter(
        (number) => answer(number) === ALLOW,
      );
      expect(allowed).toEqual(Object.values(NUMBERED_CALLS));
      expect([459, 460, 461].map(answer), 'lsm_*: refused').toEqual(
        [EPERM, EPERM, EPERM].map((one) => ERRNO + one),
      );
      expect([467, 470, 511, 1000].map(answer)).toEqual(Array.from({ length: 4 }, () => ERRNO + ENOSYS));
    },
  );

  it('let uretprobe through on x86_64 alone', () => {
    const answer = (machine: SeccompMachine, arch: number): number =>
      runBpf(seccompFilter(machine, 'no-network'), { arch, number: URETPROBE_X86_64, args: [] });
    expect(answer('x86_64', 0xc000003e)).toBe(ALLOW);
    expect(answer('aarch64', 0xc00000b7)).toBe(ERRNO + EPERM);
  });

  it.each(['x86_64', 'aarch64'] as const)('fit into the kernel: %s', (machine) => {
    for (const variant of VARIANTS) {
      const { length } = seccompFilter(machine, variant);
      expect(length % INSTRUCTION_BYTES).toBe(0);
      expect(length / INSTRUCTION_BYTES).toBeLessThanOrEqual(MAX_INSTRUCTIONS);
    }
  });
});

describe('what a program may not do', () => {
  const call = (
    variant: SeccompVariant,
    name: string,
    first = 0n,
    abi: 'x86_64' | 'x86' = 'x86_64',
  ): string => {
    const arch = abi === 'x86' ? 0x40000003 : 0xc000003e;
    const args = [first, 0n, 0n, 0n, 0n, 0n];
    const got = runBpf(seccompFilter('x86_64', variant), { arch, number: NUMBERS[abi]![name]!, args });
    if (got === ALLOW) return 'allowed';
    return { [EPERM]: 'EPERM', [ENOSYS]: 'ENOSYS', [EAFNOSUPPORT]: 'EAFNOSUPPORT' }[got - ERRNO] ?? `${got}`;
  };

  it('opens no family that a network namespace does not close', () => {
    const families = {
      UNIX: 1n,
      INET: 2n,
      INET6: 10n,
      NETLINK: 16n,
      PACKET: 17n,
      BLUETOOTH: 31n,
      ALG: 38n,
      VSOCK: 40n,
    };
    const answers = Object.entries(families).map(
      ([name, family]) => `${name} ${call('no-network', 'socket', family)}`,
    );
    expect(answers).toEqual([
      'UNIX allowed',
      'INET allowed',
      'INET6 allowed',
      'NETLINK allowed',
      'PACKET EAFNOSUPPORT',
      'BLUETOOTH EAFNOSUPPORT',
      'ALG EPERM',
      'VSOCK EPERM',
    ]);
  });

  it.each(VARIANTS)('does not open AF_VSOCK by bits that the kernel does not look at: %s', (variant) => {
    expect(call(variant, 'socket', 0x1_0000_0028n)).toBe('EPERM');
  });

  it('reaches no family by way of socketcall', () => {
    expect(call('no-network', 'socketcall', 1n, 'x86')).toBe('ENOSYS');
    expect(call('network', 'socketcall', 1n, 'x86')).toBe('allowed');
  });

  it.each([
    'keyctl',
    'add_key',
    'request_key',
    'bpf',
    'mount',
    'unshare',
    'setns',
    'io_uring_setup',
    'userfaultfd',
  ])('makes no %s', (name) => {
    expect(VARIANTS.map((variant) => call(variant, name))).toEqual(['EPERM', 'EPERM']);
  });

  it('makes no namespace with clone, and is sent from clone3 to clone', () => {
    expect(call('network', 'clone', 0x10000011n), 'CLONE_NEWUSER').toBe('EPERM');
    expect(call('network', 'clone', 0x01200011n), 'fork').toBe('allowed');
    expect(call('network', 'clone3')).toBe('ENOSYS');
  });
});
