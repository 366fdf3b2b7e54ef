import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { policyDigest } from '../../../scripts/compile-seccomp.mjs';
import { runBpf } from '../../../test/differential/run-bpf.ts';
import {
  CALL_NUMBERS,
  FIRST_ARGUMENTS,
  SECCOMP_ABIS,
  SECCOMP_CASES,
  SECCOMP_VARIANTS,
} from '../../../test/differential/seccomp-calls.ts';
import * as policy from './policy.ts';
import {
  EAFNOSUPPORT,
  ENOSYS,
  EPERM,
  NUMBERED_CALLS,
  seccompRules,
  URETPROBE_X86_64,
  type SeccompMachine,
  type SeccompRule,
  type SeccompVariant,
} from './policy.ts';
import { INSTRUCTION_BYTES, MAX_INSTRUCTIONS, seccompFilter } from './seccomp-filter.ts';

/** The committed bytes, run call by call by an interpreter that knows nothing of libseccomp, against the policy. */

const ALLOW = 0x7fff0000;
const ERRNO = 0x00050000;

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
  it.each(SECCOMP_CASES)(
    'answer for each name of $abi as the policy: $variant',
    ({ machine, abi, arch, variant }) => {
      const filter = seccompFilter(machine, variant);
      const rules = seccompRules(machine, variant);
      // A 32-bit program has 32-bit registers.
      const values =
        abi === 'x86' || abi === 'arm'
          ? FIRST_ARGUMENTS.filter((value) => value < 1n << 32n)
          : FIRST_ARGUMENTS;
      const wrong: string[] = [];
      const newest = Math.max(...Object.values(NUMBERED_CALLS));
      for (const [name, number] of Object.entries(CALL_NUMBERS[abi]!)) {
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

  it.each(SECCOMP_ABIS)(
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

  it('are of the policy that is here', () => {
    const generated = readFileSync(new URL('filters.ts', import.meta.url), 'utf8');
    expect(generated, 'run scripts/compile-seccomp.mjs').toContain(policyDigest(policy));
  });

  it.each(['x86_64', 'aarch64'] as const)('fit into the kernel: %s', (machine) => {
    for (const variant of SECCOMP_VARIANTS) {
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
    const got = runBpf(seccompFilter('x86_64', variant), { arch, number: CALL_NUMBERS[abi]![name]!, args });
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

  it.each(SECCOMP_VARIANTS)(
    'does not open AF_VSOCK by bits that the kernel does not look at: %s',
    (variant) => {
      expect(call(variant, 'socket', 0x1_0000_0028n)).toBe('EPERM');
    },
  );

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
    expect(SECCOMP_VARIANTS.map((variant) => call(variant, name))).toEqual(['EPERM', 'EPERM']);
  });

  it('makes no namespace with clone, and is sent from clone3 to clone', () => {
    expect(call('network', 'clone', 0x10000011n), 'CLONE_NEWUSER').toBe('EPERM');
    expect(call('network', 'clone', 0x01200011n), 'fork').toBe('allowed');
    expect(call('network', 'clone3')).toBe('ENOSYS');
  });
});
