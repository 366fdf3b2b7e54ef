/**
 * Runs a classic BPF program as the kernel does for seccomp (kernel/seccomp.c, net/core/filter.c): the instructions that
 * libseccomp writes, and an error for any other. Written from linux/filter.h, not from what makes the filters.
 */
export interface SystemCall {
  /** AUDIT_ARCH_*, linux/audit.h. */
  readonly arch: number;
  readonly number: number;
  readonly args: readonly bigint[];
}

const SECCOMP_DATA_BYTES = 64;
const INSTRUCTION_BYTES = 8;

/** The value of the `ret` that is reached. */
export function runBpf(program: Uint8Array, call: SystemCall): number {
  const data = seccompData(call);
  const view = new DataView(program.buffer, program.byteOffset, program.byteLength);
  let accumulator = 0;
  for (let at = 0; at < program.byteLength; at += INSTRUCTION_BYTES) {
    const code = view.getUint16(at, true);
    const k = view.getUint32(at + 4, true);
    if (code === 0x06) return k; // BPF_RET | BPF_K
    // BPF_LD | BPF_W | BPF_ABS: seccomp takes aligned offsets inside struct seccomp_data only
    if (code === 0x20 && k % 4 === 0 && k < SECCOMP_DATA_BYTES) accumulator = data.getUint32(k, true);
    else if (code === 0x54)
      accumulator = (accumulator & k) >>> 0; // BPF_ALU | BPF_AND | BPF_K
    else {
      const skip = jumps(code, accumulator, k) ? view.getUint8(at + 2) : view.getUint8(at + 3);
      at += INSTRUCTION_BYTES * (code === 0x05 ? k : skip);
    }
  }
  throw new Error('the program has no end');
}

function jumps(code: number, accumulator: number, k: number): boolean {
  if (code === 0x05) return true; // BPF_JMP | BPF_JA: by k
  if (code === 0x15) return accumulator === k; // BPF_JEQ
  if (code === 0x25) return accumulator > k; // BPF_JGT
  if (code === 0x35) return accumulator >= k; // BPF_JGE
  if (code === 0x45) return (accumulator & k) !== 0; // BPF_JSET
  throw new Error(`instruction 0x${code.toString(16)} is not one that a filter is made of`);
}

/** struct seccomp_data, linux/seccomp.h: int nr, u32 arch, u64 instruction_pointer, u64 args[6]. */
function seccompData({ arch, number, args }: SystemCall): DataView {
  const data = new DataView(new ArrayBuffer(SECCOMP_DATA_BYTES));
  data.setUint32(0, number, true);
  data.setUint32(4, arch, true);
  args.forEach((value, index) => data.setBigUint64(16 + 8 * index, BigInt.asUintN(64, value), true));
  return data;
}
