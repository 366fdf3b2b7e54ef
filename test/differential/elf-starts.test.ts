import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openByteSource } from '../../src/core/byte-source.ts';
import { judgeAnywhere } from '../../src/base/verdict/judge-bases.ts';
import { type ElfFacts, readElf } from '../../src/elf/index.ts';
import { hasTool } from '../reference-tools.ts';

/**
 * Programs with one number of their headers changed, started by this machine's kernel: what it refuses or what crashes
 * has a defect, and what runs has none.
 */
const HELLO = '#include <unistd.h>\nint main(void) { write(1, "hi\\n", 3); return 0; }\n';
const PT_LOAD = 1;
const PT_INTERP = 3;

/** Elf64_Phdr, little-endian: where its members are. */
const P = { type: 0, flags: 4, offset: 8, address: 16, fileSize: 32, memorySize: 40, align: 48 } as const;

class Program {
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = Buffer.from(bytes);
  }

  /** The byte offsets of the program headers of a type. */
  headers(type: number): readonly number[] {
    const start = Number(this.bytes.readBigUInt64LE(32));
    const all = Array.from({ length: this.bytes.readUInt16LE(56) }, (_, index) => start + 56 * index);
    return all.filter((at) => this.bytes.readUInt32LE(at) === type);
  }

  get(at: number): number {
    return Number(this.bytes.readBigUInt64LE(at));
  }

  set(at: number, value: number): void {
    this.bytes.writeBigUInt64LE(BigInt(value), at);
  }

  /** Of the segment with code, or of PT_INTERP. */
  change(type: number, member: number, change: (before: number) => number): Buffer {
    const headers = this.headers(type);
    const at = (headers[type === PT_LOAD ? 1 : 0] ?? 0) + member;
    this.set(at, change(this.get(at)));
    return this.bytes;
  }

  interpreter(change: (bytes: Buffer) => void): Buffer {
    const [at = 0] = this.headers(PT_INTERP);
    const start = this.get(at + P.offset);
    change(this.bytes.subarray(start, start + this.get(at + P.fileSize)));
    return this.bytes;
  }
}

type Change = (program: Program) => Buffer;

const OF_ANY: Readonly<Record<string, readonly [Change, string | null]>> = {
  'as it is': [({ bytes }) => bytes, null],
  'EI_OSABI of FreeBSD, at which the kernel does not look': [
    (program) => (program.bytes.writeUInt8(9, 7), program.bytes),
    null,
  ],
  'p_align 64 KiB': [(program) => program.change(PT_LOAD, P.align, () => 0x10000), null],
  'bytes behind its end': [({ bytes }) => Buffer.concat([bytes, Buffer.alloc(5000, 'x')]), null],
  'p_filesz larger than p_memsz': [
    (program) => program.change(PT_LOAD, P.fileSize, (size) => size + 0x100_000),
    'segment',
  ],
  'an offset that is not congruent': [
    (program) => program.change(PT_LOAD, P.offset, (offset) => offset + 8),
    'segment',
  ],
  'an offset of gigabytes': [
    (program) => program.change(PT_LOAD, P.offset, (offset) => offset + 0x7_0000_0000),
    'cut-off',
  ],
  'no PT_LOAD': [
    (program) => {
      for (const at of program.headers(PT_LOAD)) program.bytes.writeUInt32LE(0, at);
      return program.bytes;
    },
    'segment',
  ],
  'cut off behind the program headers': [({ bytes }) => bytes.subarray(0, 0x1000), 'cut-off'],
  'an entry outside of it': [(program) => (program.set(24, 0x7000_0000), program.bytes), 'entry'],
};

const OF_DYNAMIC: typeof OF_ANY = {
  'PT_INTERP without its NUL': [
    (program) => program.interpreter((path) => path.write('X', path.length - 1)),
    'interpreter',
  ],
  'PT_INTERP one byte shorter': [
    (program) => program.change(PT_INTERP, P.fileSize, (size) => size - 1),
    'interpreter',
  ],
  'PT_INTERP without bytes': [(program) => program.change(PT_INTERP, P.fileSize, () => 0), 'interpreter'],
  'PT_INTERP of one byte': [(program) => program.change(PT_INTERP, P.fileSize, () => 1), 'interpreter'],
  'PT_INTERP of 5,000 bytes': [(program) => program.change(PT_INTERP, P.fileSize, () => 5000), 'interpreter'],
  'PT_INTERP beyond the end': [
    (program) => program.change(PT_INTERP, P.offset, () => program.bytes.length - 4),
    'interpreter',
  ],
  'PT_INTERP that is empty': [
    (program) => program.interpreter((path) => path.writeUInt8(0, 0)),
    'interpreter',
  ],
};

describe.skipIf(!hasTool('gcc') || process.arch !== 'x64')('a program that the kernel is given', () => {
  let folder = '';
  const built = new Map<string, Buffer>();
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'morsel-starts-'));
    writeFileSync(join(folder, 'hello.c'), HELLO);
    for (const [kind, flags] of [
      ['static', ['-static', '-no-pie']],
      ['dynamic', []],
    ] as const) {
      execFileSync('gcc', [...flags, '-g', '-o', kind, 'hello.c'], { cwd: folder });
      built.set(kind, readFileSync(join(folder, kind)));
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function outcomeOf(bytes: Buffer): { readonly runs: boolean; readonly kind: string | null } {
    const path = join(folder, 'changed');
    rmSync(path, { force: true });
    writeFileSync(path, bytes);
    chmodSync(path, 0o755);
    const { status, stdout } = spawnSync(path, { encoding: 'utf8', env: {} });
    const runs = status === 0 && stdout === 'hi\n';
    const facts = readFacts(path);
    if (facts === null) return { runs, kind: 'unreadable' };
    // The bases say of it what the kernel did.
    expect(judgeAnywhere(facts)?.runs === 'no').toBe(facts.defect !== null);
    return { runs, kind: facts.defect?.kind ?? null };
  }

  const cases = [
    ...Object.entries(OF_ANY).flatMap(([name, change]) => [
      ['static', name, ...change] as const,
      ['dynamic', name, ...change] as const,
    ]),
    ...Object.entries(OF_DYNAMIC).map(([name, change]) => ['dynamic', name, ...change] as const),
  ];
  it.each(cases)('%s: %s', (program, _name, change, kind) => {
    const bytes = change(new Program(built.get(program) ?? Buffer.alloc(0)));
    const outcome = outcomeOf(bytes);
    expect(outcome.runs).toBe(kind === null);
    // What lies beyond the end cannot be read either: that is said as an error.
    expect(kind === null ? [null] : [kind, 'unreadable']).toContain(outcome.kind);
  });

  it.each([
    ['objcopy', ['--only-keep-debug', 'IN', 'OUT']],
    ['eu-strip', ['-f', 'OUT', '-o', 'stripped', 'IN']],
  ] as const)('what %s splits off is no program, and what stays is one', (tool, words) => {
    if (!hasTool(tool)) return;
    for (const program of ['static', 'dynamic']) {
      const args = words.map((word) => (word === 'IN' ? program : word === 'OUT' ? 'split.debug' : word));
      execFileSync(tool, args, { cwd: folder });
      expect(outcomeOf(readFileSync(join(folder, 'split.debug')))).toEqual({
        runs: false,
        kind: 'debug-file',
      });
    }
  });
});

/** null: damaged so that it cannot be read. */
function readFacts(path: string): ElfFacts | null {
  const source = openByteSource(path);
  try {
    return readElf(source);
  } catch (error) {
    expect(error).toMatchObject({ code: 'ELF_INVALID' });
    return null;
  } finally {
    source.close();
  }
}
