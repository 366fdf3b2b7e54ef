import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileFilters } from '../../scripts/compile-seccomp.mjs';
import * as policy from '../../src/sandbox/seccomp/policy.ts';
import { seccompFilter } from '../../src/sandbox/seccomp/seccomp-filter.ts';
import { hasTool, requireInCi } from '../reference-tools.ts';
import { runBpf } from './run-bpf.ts';
import { FIRST_ARGUMENTS, SECCOMP_CASES } from './seccomp-calls.ts';

/**
 * The committed filters are what libseccomp makes of the policy. Another version of it may order the instructions in
 * another way, so what is compared is the answer to every call.
 */
const canCompile = requireInCi('libseccomp-dev', existsSync('/usr/include/seccomp.h')) && hasTool('gcc');

/** Behind the common numbers: what is not there, x32's own calls without x32's bit, and arm's private ones. */
const NUMBERS = Array.from({ length: 600 }, (_, number) => number).concat([
  1000, 0xf0002, 0xf0005, 0xffffffff,
]);
const X32_BIT = 0x4000_0000;

describe.skipIf(!canCompile)('libseccomp here', () => {
  let compiled: ReturnType<typeof compileFilters>;

  beforeAll(() => {
    compiled = compileFilters(policy);
  });

  it.each(SECCOMP_CASES)('makes a filter that answers as the committed one: $abi, $variant', (one) => {
    const { machine, variant, abi, arch } = one;
    const fresh = compiled.filters[machine][variant];
    const committed = seccompFilter(machine, variant);
    const different: string[] = [];
    for (const number of NUMBERS.map((each) => (abi === 'x32' ? (each | X32_BIT) >>> 0 : each))) {
      for (const first of FIRST_ARGUMENTS) {
        const call = { arch, number, args: [first] };
        const [was, is] = [runBpf(committed, call), runBpf(fresh, call)];
        if (was !== is) different.push(`${number}(${first}): ${was.toString(16)}, now ${is.toString(16)}`);
      }
    }
    expect(different).toEqual([]);
  });
});
