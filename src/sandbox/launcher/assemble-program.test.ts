import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assembleProgram, type Step } from './assemble-program.ts';
import { findTool } from '../../core/find-tool.ts';
import { type SandboxMachine, sandboxMachine } from '../sandbox-machine.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assemble-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const OWN = sandboxMachine();
/** How a program of each machine is started here; null where it cannot be. */
const RUNNERS: Readonly<Record<SandboxMachine, readonly string[] | null>> = {
  x86_64: runnerOf('x86_64'),
  aarch64: runnerOf('aarch64'),
};

function runnerOf(machine: SandboxMachine): readonly string[] | null {
  if (machine === OWN) return [];
  const emulator = findTool(`qemu-${machine}-static`);
  return emulator === null ? null : [emulator];
}

function run(
  machine: SandboxMachine,
  steps: readonly Step[],
): { status: number | null; stdout: string; record: Buffer } {
  const path = join(folder, `program-${machine}`);
  writeFileSync(path, assembleProgram(machine, steps, { fd: 3, firstStep: 0 }), { mode: 0o755 });
  const [program, ...args] = [...(RUNNERS[machine] ?? []), path];
  const done = spawnSync(program, args, { stdio: ['ignore', 'pipe', 'pipe', 'pipe'], env: { KEPT: 'no' } });
  const record = (done.output as readonly unknown[])[3];
  return { status: done.status, stdout: done.stdout.toString(), record: record as Buffer };
}

const print = (text: string): Step => ({ name: 'print', call: 'write', args: [1, text, text.length] });
const leave = (code: number): Step => ({ name: 'leave', call: 'exit_group', args: [code] });
const fail = (onError: Step['onError'] = 'fail'): Step => {
  return { name: 'fail', call: 'chdir', args: ['/absent/directory'], onError };
};

describe.each(['x86_64', 'aarch64'] as const)('a program for %s', (machine) => {
  const isRunnable = RUNNERS[machine] !== null;

  it.skipIf(!isRunnable)('makes its calls in order and leaves', () => {
    expect(run(machine, [print('one '), print('two'), leave(7)])).toMatchObject({
      status: 7,
      stdout: 'one two',
    });
  });

  it.skipIf(!isRunnable)('reports the step that failed and its errno, and does nothing after it', () => {
    const { status, stdout, record } = run(machine, [print('before'), fail(), print('after'), leave(0)]);
    expect({ status, stdout }).toEqual({ status: 127, stdout: 'before' });
    expect([record.readBigUInt64LE(0), record.readBigUInt64LE(8), record.length]).toEqual([1n, 2n, 16]); // ENOENT
  });

  it.skipIf(!isRunnable)('goes on where an error is to be ignored', () => {
    expect(run(machine, [fail('ignore'), print('after'), leave(0)])).toMatchObject({
      status: 0,
      stdout: 'after',
    });
  });

  it.skipIf(!isRunnable)('tries another step in place of one that failed, and only then', () => {
    expect(run(machine, [fail(print('instead ')), print('after'), leave(0)]).stdout).toBe('instead after');
    const fine: Step = { name: 'fine', call: 'chdir', args: ['/'], onError: print('instead ') };
    expect(run(machine, [fine, print('after'), leave(0)]).stdout).toBe('after');
    expect(run(machine, [fail(fail(fail())), leave(0)])).toMatchObject({ status: 127 });
  });

  it.skipIf(!isRunnable)('reports numbers above 32 bits and negative ones as they are', () => {
    const bad: Step = { name: 'bad', call: 'close', args: [-1] };
    expect(run(machine, [bad]).record.readBigUInt64LE(8)).toBe(9n); // EBADF
  });
});

it('executes a program with an argv and an environment of its own', ({ skip }) => {
  if (OWN === null) return skip('no launcher for this machine');
  const steps: Step[] = [
    { name: 'exec', call: 'execve', args: ['/usr/bin/env', ['env', '-u', 'B'], ['A=1 2', 'B=x', 'C=']] },
  ];
  expect(run(OWN, steps).stdout).toBe('A=1 2\nC=\n');
});

it.skipIf(findTool('objdump') === null)('is what a disassembler reads', () => {
  const bytes = assembleProgram('x86_64', [fail(), leave(3)], { fd: 3, firstStep: 0 });
  const entry = Number(bytes.readBigUInt64LE(24)); // e_entry
  writeFileSync(join(folder, 'code'), bytes.subarray(entry - 0x400000));
  const options = [
    '-D',
    '-b',
    'binary',
    '-m',
    'i386:x86-64',
    '-M',
    'intel',
    '--no-show-raw-insn',
    join(folder, 'code'),
  ];
  const text = spawnSync('objdump', options, { encoding: 'utf8' }).stdout;
  const instructions = text.split('\n').flatMap((line) => /^\s+[0-9a-f]+:\s+(.*?)\s*$/.exec(line)?.[1] ?? []);
  const cleaned = instructions.map((line) => line.replace(/\s+/g, ' '));
  expect(cleaned.slice(0, 17)).toEqual([
    'movabs rbx,0x0',
    expect.stringMatching(/^movabs rdi,0x400[0-9a-f]{3}$/),
    'movabs rax,0x50',
    'syscall',
    'cmp rax,0xfffffffffffff001',
    expect.stringMatching(/^jb 0x[0-9a-f]+$/),
    'neg rax',
    'push rax',
    'push rbx',
    'movabs rdi,0x3',
    'mov rsi,rsp',
    'movabs rdx,0x10',
    'movabs rax,0x1',
    'syscall',
    'movabs rdi,0x7f',
    'movabs rax,0xe7',
    'syscall',
  ]);
});
