import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { startMorsel } from '../built-cli.ts';
import { eventually, findProcesses, listBelow } from '../left-behind.ts';
import { runToolOk } from '../run-tool.ts';
import { CaseFolder } from './case-folder.ts';

/** Ctrl-C in each phase of a build: nothing is left behind, and the exit code says that it was interrupted. */
const place = new CaseFolder();
beforeEach(() => place.next());
afterAll(() => place.remove());

describe('SIGINT', () => {
  interface Phase {
    readonly path: string;
    readonly flags?: readonly string[];
    /** Has the phase been reached? */
    readonly reached: () => boolean;
    readonly times?: number;
  }

  async function interrupt({
    path,
    flags = [],
    reached,
    times = 1,
  }: Phase): Promise<{ code: number | null; stderr: string }> {
    const child = startMorsel(['build', path, '-t', 'bad', '-o', join(place.output, 'bad.tar'), ...flags], {
      cwd: place.output,
      env: place.environment(),
    });
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
    // As a shell tells it: when the first signal has done its work at once, the second may meet a process that is past
    // its last handler, with nothing left to remove.
    const ended = new Promise<number | null>((resolve) =>
      child.once('close', (code, signal) => resolve(signal === 'SIGINT' ? 130 : code)),
    );
    const wasReached = await eventually(() => reached() || child.exitCode !== null, 60_000);
    expect(wasReached && child.exitCode === null, `the phase was not seen before the end:\n${stderr}`).toBe(
      true,
    );
    for (let sent = 0; sent < times; sent += 1) {
      child.kill('SIGINT');
      // Two at once are one: signals do not queue.
      await setTimeout(20);
    }
    return { code: await ended, stderr };
  }

  function expectInterrupted(result: { code: number | null; stderr: string }): void {
    expect(result.stderr).toContain('  code: INTERRUPTED\n');
    expect(result.stderr).not.toMatch(/^ {4}at /m);
    expect(result.code).toBe(130);
  }

  it('while compiling: the compiler and its children end', async () => {
    const marker = join(place.work, 'compiling');
    place.write('project/Makefile', `all: bad\nbad:\n\ttouch ${marker}; sleep 300; false\n`, 0o644);
    place.write('project/main.c', 'int main(void) { return 0; }\n', 0o644);
    const isCompiling = (): boolean => listBelow(place.work).includes(marker);
    expectInterrupted(await interrupt({ path: join(place.work, 'project'), reached: isCompiling }));
    await place.expectNothingLeft();
  });

  it('while writing the archive: no part of it stays', async () => {
    // Large enough to take seconds, and not compressible, so that the writer is busy when the signal comes.
    const binary = join(place.work, 'large');
    await runToolOk('gcc', [
      '-static',
      '-s',
      '-o',
      binary,
      '-x',
      'c',
      place.write('main.c', 'int main(void) { return 0; }\n', 0o644),
    ]);
    await runToolOk('sh', ['-c', 'head -c 400000000 /dev/urandom >> "$1"', 'sh', binary]);
    const isWriting = (): boolean =>
      listBelow(place.output).length > 0 || listBelow(place.temporary).length > 0;
    expectInterrupted(await interrupt({ path: binary, flags: ['--no-prove'], reached: isWriting }));
    truncateSync(binary);
    await place.expectNothingLeft();
  });

  it('while doctor asks many tools at once: none of their folders stays', async () => {
    // One of them does not answer, so that the end cannot come before the signal.
    const deaf = join(place.write('tools/go', '#!/bin/sh\nexec sleep 300\n'), '..');
    const environment = place.environment();
    const env = { ...environment, PATH: `${deaf}:${environment['PATH'] ?? ''}` };
    const started = (): boolean => listBelow(place.temporary).length > 0;
    for (let round = 0; round < 3; round += 1) {
      const child = startMorsel(['doctor'], { cwd: place.output, env });
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
      expect(await eventually(started, 60_000)).toBe(true);
      child.kill('SIGTERM');
      expect(await ended).toBe(130);
      await place.expectNothingLeft();
    }
  });

  it('twice, while the library still sleeps: the process ends at once, and nothing stays', async () => {
    const marker = join(place.work, 'compiling');
    // Deaf to the polite signal: the compiler is waited for.
    place.write('project/Makefile', `all: bad\nbad:\n\ttrap '' INT TERM; touch ${marker}; sleep 5\n`, 0o644);
    place.write('project/main.c', 'int main(void) { return 0; }\n', 0o644);
    const isCompiling = (): boolean => listBelow(place.work).includes(marker);
    const result = await interrupt({ path: join(place.work, 'project'), reached: isCompiling, times: 2 });
    expect(result.code).toBe(130);
    expect(listBelow(place.output)).toEqual([]);
  });

  it('while proving: the program in the sandbox ends', async () => {
    const marker = `prove-${process.pid}-marker`;
    const check = { name: 'waits', args: [marker], exitCode: 0, timeoutSeconds: 300 };
    const project = place.cProject('#include <unistd.h>\nint main(void) { for (;;) pause(); }\n', [check]);
    const isProving = (): boolean => findProcesses(marker).length > 0;
    expectInterrupted(await interrupt({ path: project, reached: isProving }));
    await place.expectNothingLeft();
    expect(findProcesses(marker)).toEqual([]);
  });
});
