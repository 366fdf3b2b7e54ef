import { expect, it } from 'vitest';
import { commandProblems, quotedProblems } from '../golden/command-lines.ts';
import type { ErrorCode } from '../../src/core/errors.ts';
import { failureOf } from './documents.ts';
import type { Fault, Targets } from './targets.ts';

/** What ends without an answer: by its name, the arguments (but for the command) and the code that they get. */
export type Failures = Readonly<Record<string, readonly [() => Args | Promise<Args>, ErrorCode]>>;
type Args = readonly string[];

/**
 * Errors are three lines on stderr, or with `--format json` one object there; stdout stays empty, and the exit code is
 * that of the kind of error.
 */
export function itFails(targets: Targets, command: string, exitCode: number, failures: Failures): void {
  it.each(Object.entries(failures))(`%s: ${exitCode}, and nothing on stdout`, async (_what, [args, code]) => {
    const words = [command, ...(await args())];
    const asText = await targets.morsel(...words);
    expect(asText.stderr).toMatch(
      new RegExp(`^error: .+(\n {2}\\| .*)*\n {2}hint: .+\n {2}code: ${code}\n$`, 'm'),
    );
    expect(asText).toMatchObject({ exitCode, stdout: '' });
    const asJson = await targets.morsel(...words, '--format', 'json');
    const failure = failureOf(asJson);
    expect(failure.code).toBe(code);
    expect(asJson.exitCode).toBe(exitCode);
    // What it tells to type, with the names that this run put in, is taken by the program.
    expect([...commandProblems(failure.hint), ...(await quotedProblems(failure.hint))]).toEqual([]);
  });
}

/** A flag that no command has, and a fault of morsel itself; `arg` is a target that the command takes. */
export function itFailsAsAll(
  targets: Targets,
  command: string,
  arg: () => string | Promise<string>,
  fault: Fault = { from: 'node:fs', call: 'statSync' },
): void {
  it('a flag that it does not take: 2, and nothing on stdout', async () => {
    const result = await targets.morsel(command, '--frobnicate', await arg(), '--format', 'json');
    expect(failureOf(result).code).toBe('USAGE');
    expect(result.exitCode).toBe(2);
  });

  it('a bug of morsel: 70, its stack on stderr, and nothing on stdout', async () => {
    const result = await targets.morselWithFault(fault, command, await arg());
    expect(result.stderr).toMatch(/ {2}code: BUG\n[^]*injected/);
    expect(result).toMatchObject({ exitCode: 70, stdout: '' });
  });
}
