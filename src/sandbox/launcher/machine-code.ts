import type { SandboxMachine } from '../sandbox-machine.ts';

/**
 * The few instruction forms that the launcher is made of, for two machines. Every form has one fixed length, so that
 * the place of the data behind the code is known before the addresses are filled in.
 */
export interface MachineCode {
  /** e_machine of the gABI. */
  readonly elfMachine: number;
  /** Instructions that load the call number and its arguments, remember `step`, and enter the kernel. */
  call(step: number, number: bigint, args: readonly bigint[]): Buffer;
  /** Skips `offset` bytes when the call before it succeeded. */
  jumpIfSucceeded(offset: number): Buffer;
  /** Writes { step, errno } of the failed call (two 64-bit numbers) to `fd` and leaves with exit code 127. */
  reportAndExit(fd: number, write: bigint, exit: bigint): Buffer;
}

/** What the launcher itself exits with when it could not do its work; the status record says what it was. */
const LAUNCHER_FAILED_EXIT_CODE = 127n;
const STATUS_RECORD_BYTES = 16n;

// The System V AMD64 ABI, appendix A.2.1: number in rax, arguments in rdi rsi rdx r10 r8 r9; the kernel clobbers rcx and r11.
const X86_ARGUMENTS = [0x48bf, 0x48be, 0x48ba, 0x49ba, 0x49b8, 0x49b9] as const;
const X86_RAX = 0x48b8;
const X86_RBX = 0x48bb;
const X86_SYSCALL = Buffer.from([0x0f, 0x05]);

const X86_MOVE_BYTES = 10;

/** `mov r64, imm64`: REX.W (and REX.B for r8 to r15), B8+register, 8 bytes little-endian. */
function writeX86Move(bytes: Buffer, at: number, opcode: number, value: bigint): number {
  bytes.writeUInt16BE(opcode, at);
  return bytes.writeBigUInt64LE(BigInt.asUintN(64, value), at + 2);
}

function x86Move(opcode: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(X86_MOVE_BYTES);
  writeX86Move(bytes, 0, opcode, value);
  return bytes;
}

/** In one piece: a run has a thousand of them. @param step null: none is remembered. */
function x86Call(step: number | null, number: bigint, args: readonly bigint[]): Buffer {
  const moves = args.length + (step === null ? 1 : 2);
  const bytes = Buffer.alloc(moves * X86_MOVE_BYTES + X86_SYSCALL.length);
  let at = step === null ? 0 : writeX86Move(bytes, 0, X86_RBX, BigInt(step));
  for (const [index, value] of args.entries())
    at = writeX86Move(bytes, at, X86_ARGUMENTS[index] ?? X86_RAX, value);
  at = writeX86Move(bytes, at, X86_RAX, number);
  bytes.set(X86_SYSCALL, at);
  return bytes;
}

/** `cmp rax, -4095` (48 3D imm32), `jb` (0F 82 rel32): errors are -4095 to -1, which is the top of the unsigned range. */
function x86JumpIfSucceeded(offset: number): Buffer {
  const bytes = Buffer.from([0x48, 0x3d, 0x01, 0xf0, 0xff, 0xff, 0x0f, 0x82, 0, 0, 0, 0]);
  bytes.writeInt32LE(offset, 8);
  return bytes;
}

const X86_64: MachineCode = {
  elfMachine: 62,
  call: x86Call,
  jumpIfSucceeded: x86JumpIfSucceeded,
  reportAndExit: (fd, write, exit) =>
    Buffer.concat([
      Buffer.from([0x48, 0xf7, 0xd8]), // neg rax
      Buffer.from([0x50, 0x53]), // push rax; push rbx: the record lies at rsp
      x86Move(0x48bf, BigInt(fd)),
      Buffer.from([0x48, 0x89, 0xe6]), // mov rsi, rsp
      x86Move(0x48ba, STATUS_RECORD_BYTES),
      x86Move(X86_RAX, write),
      X86_SYSCALL,
      x86Call(null, exit, [LAUNCHER_FAILED_EXIT_CODE]),
    ]),
};

// arm64: number in x8, arguments in x0 to x5 (Linux arch/arm64 syscall ABI); x19 is left alone by the kernel.
const ARM_X8 = 8;
const ARM_X19 = 19;
const ARM_CARRY_CLEAR = 3;

function armWord(word: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(word >>> 0, 0);
  return bytes;
}

/** `movz xd, #imm16` and three `movk xd, #imm16, lsl #16*n`. */
function armMove(register: number, value: bigint): Buffer {
  const bits = BigInt.asUintN(64, value);
  const words = [0, 1, 2, 3].map((half) => {
    const imm16 = Number((bits >> BigInt(16 * half)) & 0xffffn);
    return armWord((half === 0 ? 0xd2800000 : 0xf2800000 + half * 0x200000) + imm16 * 32 + register);
  });
  return Buffer.concat(words);
}

const ARM_SVC = armWord(0xd4000001);

function armCall(number: bigint, args: readonly bigint[]): Buffer {
  const moves = args.map((value, register) => armMove(register, value));
  return Buffer.concat([...moves, armMove(ARM_X8, number), ARM_SVC]);
}

/** `cmn x0, #4095` sets the carry for -4095 to -1; then `b.cc`, whose offset counts words from itself. */
function armJumpIfSucceeded(offset: number): Buffer {
  const words = (offset + 4) >> 2;
  return Buffer.concat([armWord(0xb13ffc1f), armWord(0x54000000 + (words & 0x7ffff) * 32 + ARM_CARRY_CLEAR)]);
}

const AARCH64: MachineCode = {
  elfMachine: 183,
  call: (step, number, args) => Buffer.concat([armMove(ARM_X19, BigInt(step)), armCall(number, args)]),
  jumpIfSucceeded: armJumpIfSucceeded,
  reportAndExit: (fd, write, exit) =>
    Buffer.concat([
      armWord(0xcb0003e0), // neg x0, x0
      armWord(0xa9bf03f3), // stp x19, x0, [sp, #-16]!
      armMove(0, BigInt(fd)),
      armWord(0x910003e1), // mov x1, sp
      armMove(2, STATUS_RECORD_BYTES),
      armMove(ARM_X8, write),
      ARM_SVC,
      armCall(exit, [LAUNCHER_FAILED_EXIT_CODE]),
    ]),
};

export const MACHINE_CODE: Readonly<Record<SandboxMachine, MachineCode>> = {
  x86_64: X86_64,
  aarch64: AARCH64,
};
