import { MACHINE_CODE } from './machine-code.ts';
import { SYSTEM_CALLS, type SystemCallName } from './system-calls.ts';
import type { SandboxMachine } from '../sandbox-machine.ts';

/**
 * A static executable that makes a list of system calls and nothing else, written byte by byte: it needs no compiler,
 * no libc and no file of the root in which it runs. The sandboxes start every program through one of these, because
 * it can do what `bwrap` and `unshare` cannot: say with the kernel's own error number why a program did not start.
 */
export interface Step {
  /** For messages: `mount /proc`. */
  readonly name: string;
  readonly call: SystemCallName;
  readonly args: readonly Argument[];
  /** `fail` reports { step, errno } and ends; another step is tried in its place. Default `fail`. */
  readonly onError?: 'fail' | 'ignore' | Step;
}

/** A number; or bytes, a NUL-terminated string, a NULL-ended array of strings, or a structure, passed by address. */
export type Argument = number | string | Uint8Array | readonly string[] | Structure;

/** A structure of 64-bit fields, little-endian; a field that is no number is the address of it. */
export interface Structure {
  readonly fields: readonly (number | Uint8Array)[];
}

/** Where the one segment is mapped; any address above vm.mmap_min_addr will do. */
const BASE_ADDRESS = 0x400000;
const ELF_HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
const DATA_OFFSET = align(ELF_HEADER_BYTES + PROGRAM_HEADER_BYTES);

export interface Report {
  /** Where a failed step writes its record: the step's number and its errno, two 64-bit little-endian numbers. */
  readonly fd: number;
  /** Number of the first step, where several programs report to one reader. */
  readonly firstStep: number;
}

export function assembleProgram(machine: SandboxMachine, steps: readonly Step[], report: Report): Buffer {
  // The data comes first, so that its addresses are known when the code is written.
  const data = new DataSegment(BASE_ADDRESS + DATA_OFFSET);
  const code = assembleCode(machine, steps, report, (argument) => data.place(argument));
  const bytes = data.bytes();
  const codeOffset = DATA_OFFSET + bytes.length;
  const headers = elfHeaders(MACHINE_CODE[machine].elfMachine, codeOffset, codeOffset + code.length);
  return Buffer.concat([headers, bytes, code]);
}

function assembleCode(
  machine: SandboxMachine,
  steps: readonly Step[],
  { fd, firstStep }: Report,
  place: (argument: Argument) => bigint,
): Buffer {
  const code = MACHINE_CODE[machine];
  const report = code.reportAndExit(
    fd,
    BigInt(SYSTEM_CALLS.write[machine]),
    BigInt(SYSTEM_CALLS.exit_group[machine]),
  );
  // A failed step falls into its own copy of the report: 60 to 100 bytes a step, and no distances to compute.
  const one = (step: Step, index: number): Buffer[] => {
    const call = code.call(firstStep + index, BigInt(SYSTEM_CALLS[step.call][machine]), step.args.map(place));
    const { onError = 'fail' } = step;
    if (onError === 'ignore') return [call];
    const otherwise = onError === 'fail' ? [report] : one(onError, index);
    const length = otherwise.reduce((sum, bytes) => sum + bytes.length, 0);
    return [call, code.jumpIfSucceeded(length), ...otherwise];
  };
  return Buffer.concat(steps.flatMap(one));
}

function align(value: number): number {
  return Math.ceil(value / 16) * 16;
}

/** Strings and structures before the code, each at a multiple of 16. */
class DataSegment {
  #chunks: Buffer[] = [];
  #texts = new Map<string, bigint>();
  #address: number;

  constructor(address: number) {
    this.#address = address;
  }

  place(argument: Argument): bigint {
    if (typeof argument === 'number') return BigInt(argument);
    if (typeof argument === 'string') return this.#appendText(argument);
    if (argument instanceof Uint8Array) return this.#append(argument);
    if ('fields' in argument) return this.#appendWords(argument.fields.map((field) => this.place(field)));
    return this.#appendWords([...argument.map((text) => this.place(text)), 0n]);
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  #appendWords(words: readonly bigint[]): bigint {
    const array = Buffer.alloc(8 * words.length);
    words.forEach((word, index) => array.writeBigUInt64LE(word, 8 * index));
    return this.#append(array);
  }

  /** Texts come again and again: a path is one of several calls. */
  #appendText(text: string): bigint {
    const before = this.#texts.get(text);
    if (before !== undefined) return before;
    const address = this.#append(Buffer.from(`${text}\0`));
    this.#texts.set(text, address);
    return address;
  }

  #append(bytes: Uint8Array): bigint {
    const address = this.#address;
    const padded = Buffer.alloc(align(bytes.length));
    padded.set(bytes);
    this.#chunks.push(padded);
    this.#address += padded.length;
    return BigInt(address);
  }
}

/** ELF64 header and one PT_LOAD that maps the whole file; gABI chapters 4 and 5. */
function elfHeaders(elfMachine: number, codeOffset: number, fileBytes: number): Buffer {
  const bytes = Buffer.alloc(DATA_OFFSET);
  bytes.write('\x7fELF', 0, 'latin1');
  bytes.set([2, 1, 1], 4); // ELFCLASS64, ELFDATA2LSB, EV_CURRENT
  bytes.writeUInt16LE(2, 16); // e_type: ET_EXEC
  bytes.writeUInt16LE(elfMachine, 18);
  bytes.writeUInt32LE(1, 20); // e_version
  bytes.writeBigUInt64LE(BigInt(BASE_ADDRESS + codeOffset), 24); // e_entry
  bytes.writeBigUInt64LE(BigInt(ELF_HEADER_BYTES), 32); // e_phoff
  bytes.writeUInt16LE(ELF_HEADER_BYTES, 52);
  bytes.writeUInt16LE(PROGRAM_HEADER_BYTES, 54);
  bytes.writeUInt16LE(1, 56); // e_phnum
  const ph = ELF_HEADER_BYTES;
  bytes.writeUInt32LE(1, ph); // PT_LOAD
  bytes.writeUInt32LE(5, ph + 4); // PF_R | PF_X
  bytes.writeBigUInt64LE(BigInt(BASE_ADDRESS), ph + 16); // p_vaddr
  bytes.writeBigUInt64LE(BigInt(BASE_ADDRESS), ph + 24); // p_paddr
  bytes.writeBigUInt64LE(BigInt(fileBytes), ph + 32);
  bytes.writeBigUInt64LE(BigInt(fileBytes), ph + 40);
  bytes.writeBigUInt64LE(0x10000n, ph + 48); // p_align: 64 KiB pages of some arm64 kernels
  return bytes;
}
