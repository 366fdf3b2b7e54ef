import { afterAll, describe, expect, it } from 'vitest';
import { expectedNothing, findProcesses } from '../../test/left-behind.ts';
import { findProcessFamily } from './find-process-family.ts';
import type { ProcessFamily } from './process-family.ts';
import { runCommand, type RunCommandOptions } from './run-command.ts';

const SUPERVISED: ProcessFamily = { kind: 'supervised' };
const namespace = await findProcessFamily();

/** A number that only one test uses, as the time that a stranger sleeps, so that it can be found. */
let last = process.pid * 1000;
const uniqueSeconds = (): string => `9999.${(last += 1)}`;

const shell = (script: string, options: RunCommandOptions = {}) =>
  runCommand({ program: '/bin/sh', args: ['-c', script], purpose: 'test' }, options);

afterAll(() => {
  for (const line of findProcesses(` 9999.${process.pid}`))
    process.kill(Number(line.split(' ')[0]), 'SIGKILL');
});

describe('runCommand', () => {
  it('does not wait for a stranger that holds the output open', async () => {
    const seconds = uniqueSeconds();
    const result = await shell(`setsid sleep ${seconds} & echo done`);
    expect(result).toMatchObject({ exitCode: 0, stdout: 'done\n' });
    expect(findProcesses(seconds)).toHaveLength(1);
  });

  it('answers what was printed before the time limit, and that it was reached', async () => {
    const result = await shell('echo before; sleep 60', { timeoutMs: 300 });
    expect(result).toMatchObject({ exitCode: null, signal: 'SIGKILL', stdout: 'before\n', timedOut: true });
  });

  it('keeps the end of what is printed without end, and stops it', async () => {
    const result = await shell('yes', { timeoutMs: 500, outputLimitBytes: 1000 });
    expect(result.stdout).toHaveLength(1000);
    expect(result.droppedBytes).toBeGreaterThan(0);
    expect(result.timedOut).toBe(true);
  });
});

describe.each([
  ['namespace', namespace],
  ['supervised', SUPERVISED],
])('a family by %s', (kind, family) => {
  it.skipIf(family.kind !== kind)('passes on exit code, signal and output', async () => {
    expect(await shell('echo out; echo err >&2; exit 7', { family })).toMatchObject({
      exitCode: 7,
      stdout: 'out\n',
      stderr: 'err\n',
    });
    expect(await shell('sleep 60 & exec kill -SEGV 0', { family })).toMatchObject({ stdout: '' });
  });

  it.skipIf(family.kind !== kind)('ends with its command, also what left the session', async () => {
    const seconds = uniqueSeconds();
    const result = await shell(
      `setsid sleep ${seconds} & (setsid sleep ${seconds} >/dev/null 2>&1 &) ; echo done`,
      {
        family,
      },
    );
    expect(result).toMatchObject({ exitCode: 0, stdout: 'done\n' });
    expect((await expectedNothing(seconds)).processes).toEqual([]);
  });

  it.skipIf(family.kind !== kind)('ends at the time limit', async () => {
    const seconds = uniqueSeconds();
    const result = await shell(`setsid sleep ${seconds} & sleep ${seconds}`, { family, timeoutMs: 500 });
    expect(result.timedOut).toBe(true);
    expect((await expectedNothing(seconds)).processes).toEqual([]);
  });

  it.skipIf(family.kind !== kind)('ends on interruption', async () => {
    const seconds = uniqueSeconds();
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 500);
    const running = shell(`setsid sleep ${seconds} & sleep ${seconds}`, {
      family,
      signal: controller.signal,
    });
    await expect(running).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect((await expectedNothing(seconds)).processes).toEqual([]);
  });

  it.skipIf(family.kind !== kind)('says that a program is missing', async () => {
    const running = runCommand({ program: '/no/such/program', args: [], purpose: 'test' }, { family });
    await expect(running).rejects.toMatchObject({ code: 'TOOLCHAIN_MISSING' });
  });
});
