/**
 * The instructions before libseccomp's: calls newer than it knows by name, which policy.ts gives by number. What they do
 * not decide falls through to libseccomp's filter, which starts by loading what it needs.
 */

/** @typedef {typeof import('../src/sandbox/seccomp/policy.ts')} Policy */

// linux/filter.h, linux/bpf_common.h: class | size | mode, or class | operation.
const LOAD = 0x20; // BPF_LD | BPF_W | BPF_ABS
const AND = 0x54; // BPF_ALU | BPF_AND | BPF_K
const JUMP_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
const JUMP_AT_LEAST = 0x35; // BPF_JMP | BPF_JGE | BPF_K
const RETURN = 0x06; // BPF_RET | BPF_K

// struct seccomp_data and the answers, linux/seccomp.h; linux/audit.h.
const NUMBER_OFFSET = 0;
const ARCH_OFFSET = 4;
const AUDIT_ARCH_X86_64 = 0xc000003e;
const ALLOW = 0x7fff0000;
const ERRNO = 0x00050000;

const X32_BIT = 0x4000_0000;
/** Numbers above the common ones that are no new calls: x32's own ones, and the private ones of 32-bit arm. */
const OLD_HIGH_NUMBERS = { x86_64: [512, 547], aarch64: [0xf0000, 0xf00ff] };

/** @param {number} code @param {number} k @param {number} [ifTrue] @param {number} [ifFalse] instructions skipped */
function instruction(code, k, ifTrue = 0, ifFalse = 0) {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(code, 0);
  bytes.writeUInt8(ifTrue, 2);
  bytes.writeUInt8(ifFalse, 3);
  bytes.writeUInt32LE(k >>> 0, 4);
  return bytes;
}

/**
 * @param {Policy} policy
 * @param {import('../src/sandbox/sandbox-machine.ts').SandboxMachine} machine
 */
export function newCallsPrologue(policy, machine) {
  const uretprobe = machine === 'x86_64' ? uretprobeTest(policy.URETPROBE_X86_64) : [];
  /** @type {Buffer[]} built from the end, so that the distance to the end is known */
  let after = uretprobe;
  for (const { from, answer } of intervals(policy, machine)) {
    const skip = answer === undefined ? after.length : 0;
    const answered = answer === undefined ? [] : [instruction(RETURN, answer)];
    after = [instruction(JUMP_AT_LEAST, from, skip, answered.length), ...answered, ...after];
  }
  // i386 and the 64-bit ABI have no call with x32's bit, so it may be ignored without asking for the ABI.
  const load = [instruction(LOAD, NUMBER_OFFSET), instruction(AND, ~X32_BIT)];
  return Buffer.concat([...load, ...after]);
}

/**
 * Ascending starts of the ranges of numbers with one answer; undefined: libseccomp's filter decides.
 * @param {Policy} policy
 * @param {import('../src/sandbox/sandbox-machine.ts').SandboxMachine} machine
 */
function intervals(policy, machine) {
  const allowed = Object.values(policy.NUMBERED_CALLS).sort((a, b) => a - b);
  const [first = 0, last = 0] = OLD_HIGH_NUMBERS[machine];
  const tooNew = ERRNO + policy.DEFAULT_ERRNO.tooNew;
  const starts = allowed.flatMap((number) => [
    ...(allowed.includes(number - 1) ? [] : [{ from: number, answer: ALLOW }]),
    ...(allowed.includes(number + 1)
      ? []
      : [{ from: number + 1, answer: /** @type {undefined | number} */ (undefined) }]),
  ]);
  const newest = /** @type {number} */ (allowed.at(-1));
  return [
    ...starts.slice(0, -1),
    { from: newest + 1, answer: tooNew },
    { from: first, answer: undefined },
    { from: last + 1, answer: tooNew },
  ];
}

/** @param {number} number */
function uretprobeTest(number) {
  return [
    instruction(JUMP_EQUAL, number, 0, 3),
    instruction(LOAD, ARCH_OFFSET),
    instruction(JUMP_EQUAL, AUDIT_ARCH_X86_64, 0, 1),
    instruction(RETURN, ALLOW),
  ];
}
