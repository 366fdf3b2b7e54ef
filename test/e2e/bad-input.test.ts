import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import {
  BUILD_LIMIT_MS,
  type BuiltImage,
  CLI,
  cleanEnvironment,
  copyCli,
  nodeForOthers,
  startMorsel,
} from '../built-cli.ts';
import { eventually, expectedNothing, findProcesses, listBelow } from '../left-behind.ts';
import { hasTool, requireInCi } from '../reference-tools.ts';
import { runTool, runToolOk, type ToolResult } from '../run-tool.ts';

/**
 * What users hand in that is wrong. Each case: the code, the exit code, words that help, no stack, and nothing left: no
 * file in the output folder, no temporary file, no process, no mount.
 */
const isRoot = requireInCi('root, for another user and a full disk', process.getuid?.() === 0);
const base = mkdtempSync(join(tmpdir(), 'morsel-bad-input-'));
let count = 0;
let work: string;
let output: string;
let temporary: string;

beforeEach(() => {
  count += 1;
  work = join(base, `case-${count}`);
  output = join(work, 'output');
  temporary = join(work, 'tmp');
  for (const folder of [output, temporary, join(work, 'home')]) mkdirSync(folder, { recursive: true });
});

afterAll(() => {
  rmSync(base, { recursive: true, force: true });
});

function environment(): Record<string, string> {
  return cleanEnvironment({ HOME: join(work, 'home'), TMPDIR: temporary });
}

function build(path: string, ...flags: readonly string[]): Promise<ToolResult> {
  const args = [CLI, 'build', path, '-t', 'bad', '-o', join(output, 'bad.tar'), ...flags];
  return runTool(process.execPath, args, { cwd: output, env: environment(), timeoutMs: BUILD_LIMIT_MS });
}

interface Failure {
  readonly code: string;
  readonly exitCode: number;
  readonly says: RegExp;
}

function expectFailure(result: ToolResult, { code, exitCode, says }: Failure): void {
  expect(result.stderr).toContain(`  code: ${code}\n`);
  expect(result.stderr).toMatch(/^error: /m);
  expect(result.stderr).toMatch(says);
  expect(result.stderr).not.toMatch(/^ {4}at /m);
  expect(result).toMatchObject({ exitCode, stdout: '' });
}

async function expectNothingLeft(): Promise<void> {
  expect(listBelow(output)).toEqual([]);
  expect(listBelow(temporary)).toEqual([]);
  expect(await expectedNothing(work)).toEqual({ processes: [], mounts: [] });
}

function write(name: string, content: string | Uint8Array, mode = 0o755): string {
  const path = join(work, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content, { mode });
  return path;
}

/** A project of one C file with its checks. */
function cProject(source: string, checks: readonly object[] = []): string {
  write('project/main.c', source, 0o644);
  write('project/morsel.json', JSON.stringify({ name: 'bad', checks }), 0o644);
  return join(work, 'project');
}

describe('files that are no program', () => {
  it('text', async () => {
    const result = await build(write('notes', 'These are notes.\n'));
    expectFailure(result, { code: 'NOT_AN_EXECUTABLE', exitCode: 2, says: /notes/ });
    await expectNothingLeft();
  });

  it('a script', async () => {
    const result = await build(write('script', '#!/bin/sh\necho hello\n'));
    expectFailure(result, { code: 'NOT_AN_EXECUTABLE', exitCode: 2, says: /script|#!/ });
    await expectNothingLeft();
  });

  it('an empty file', async () => {
    const result = await build(write('nothing', ''));
    expectFailure(result, { code: 'NOT_AN_EXECUTABLE', exitCode: 2, says: /empty/ });
    await expectNothingLeft();
  });

  it.each([10, 70, 200, 5000])('an ELF file cut off after %i bytes', async (length) => {
    const result = await build(write('cut', readFileSync('/bin/ls').subarray(0, length)));
    expect(result.stderr).toMatch(/ {2}code: (ELF_INVALID|NOT_AN_EXECUTABLE)\n/);
    expectFailure(result, { code: /code: (\w+)/.exec(result.stderr)?.[1] ?? '', exitCode: 2, says: /cut/ });
    await expectNothingLeft();
  });

  it('a shared library', async () => {
    const library = await runToolOk('gcc', ['-print-file-name=libc.so.6']);
    const result = await build(library.trim());
    // Debian's libc.so.6 can be started as a program; either answer is one, silence or a stack is not.
    if (result.exitCode === 0) return;
    expectFailure(result, { code: 'NOT_AN_EXECUTABLE', exitCode: 2, says: /shared/ });
    await expectNothingLeft();
  });

  it('no file at all', async () => {
    const result = await build(join(work, 'absent'));
    expectFailure(result, { code: 'NOT_FOUND', exitCode: 2, says: /absent/ });
    await expectNothingLeft();
  });

  it.skipIf(!isRoot)('a file that may not be read', async () => {
    const path = join(work, 'secret');
    copyFileSync('/bin/ls', path);
    chmodSync(path, 0o600);
    const cli = copyCli(base);
    for (const folder of [base, work]) chmodSync(folder, 0o755);
    for (const folder of [output, temporary, join(work, 'home')]) chmodSync(folder, 0o777);
    const args = [cli, 'build', path, '-t', 'bad', '-o', join(output, 'bad.tar')];
    const result = await runTool(nodeForOthers(base), args, {
      cwd: output,
      env: environment(),
      uid: 65534,
      gid: 65534,
    });
    expectFailure(result, { code: 'UNREADABLE', exitCode: 2, says: /secret/ });
    await expectNothingLeft();
  });
});

describe('with --format json', () => {
  it('the error is one JSON object on stderr', async () => {
    const result = await build(write('notes', 'These are notes.\n'), '--format', 'json');
    expect(result).toMatchObject({ exitCode: 2, stdout: '' });
    const error: unknown = JSON.parse(result.stderr);
    expect(error).toMatchObject({
      code: 'NOT_AN_EXECUTABLE',
      message: expect.stringContaining('notes') as unknown,
    });
  });
});

describe('another architecture', () => {
  it.skipIf(!hasTool('aarch64-linux-gnu-gcc'))(
    'is packed as what it is, and not called proven by a run that did not happen',
    async () => {
      const source = write(
        'main.c',
        '#include <stdio.h>\nint main(void) { puts("hello arm"); return 7; }\n',
        0o644,
      );
      const binary = join(work, 'arm');
      await runToolOk('aarch64-linux-gnu-gcc', ['-static', '-O2', '-s', '-o', binary, source]);
      const result = await build(binary, '--format', 'json');
      expect(result.exitCode, result.stderr).toBe(0);
      const image = JSON.parse(result.stdout) as BuiltImage & { readonly proof: { readonly reason: string } };
      expect(image.platform).toBe('linux/arm64');
      if (image.proof.status === 'skipped') expect(image.proof.reason).toMatch(/arm64|aarch64/);
      // Only a run (by qemu) can know the number.
      else expect(image.proof.checks[0]?.detail).toContain('exit code 7');
    },
  );

  it.skipIf(!hasTool('aarch64-linux-gnu-gcc'))(
    'whose libraries are not here is an error that says so',
    async () => {
      const source = write(
        'main.c',
        '#include <stdio.h>\nint main(void) { puts("hello arm"); return 0; }\n',
        0o644,
      );
      const binary = join(work, 'arm');
      await runToolOk('aarch64-linux-gnu-gcc', ['-O2', '-s', '-o', binary, source]);
      const result = await build(binary);
      expectFailure(result, { code: 'WONT_RUN', exitCode: 1, says: /ld-linux-aarch64\.so\.1/ });
      await expectNothingLeft();
    },
  );
});

describe('projects that cannot be built', () => {
  it('a directory with no project', async () => {
    mkdirSync(join(work, 'project'));
    const result = await build(join(work, 'project'));
    expectFailure(result, { code: 'NO_PROJECT', exitCode: 2, says: /project/ });
    await expectNothingLeft();
  });

  it('a morsel.json with a field that does not exist', async () => {
    const project = cProject('int main(void) { return 0; }\n');
    write('project/morsel.json', '{ "nmae": "bad" }', 0o644);
    const result = await build(project);
    expectFailure(result, { code: 'CONFIG_INVALID', exitCode: 2, says: /nmae/ });
    await expectNothingLeft();
  });

  it('an image name that no registry would take', async () => {
    const result = await build('/bin/ls', '-t', 'Not A Name');
    expectFailure(result, { code: 'USAGE', exitCode: 2, says: /Not A Name/ });
    await expectNothingLeft();
  });

  it('a flag that does not exist', async () => {
    const result = await build('/bin/ls', '--outptu', 'x');
    expect(result).toMatchObject({ exitCode: 2, stdout: '' });
    expect(result.stderr).toMatch(/--outptu/);
    await expectNothingLeft();
  });

  it('a source that does not compile: the compiler is heard', async () => {
    const result = await build(cProject('int main(void) { return undeclared_thing; }\n'));
    expectFailure(result, { code: 'COMPILE_FAILED', exitCode: 3, says: /undeclared_thing/ });
    await expectNothingLeft();
  });
});

describe('an image larger than morsel.json allows', () => {
  it.each([
    ['maxImageBytes', 100, /bytes, the limit is 100; its largest: \/main \d+ bytes/],
    ['maxFiles', 0, /1 files, the limit is 0; its largest: \/main/],
  ])('%s', async (limit, value, says) => {
    const project = cProject('int main(void) { return 0; }\n');
    write('project/morsel.json', JSON.stringify({ name: 'bad', limits: { [limit]: value } }), 0o644);
    expectFailure(await build(project, '--no-prove'), { code: 'SIZE_EXCEEDED', exitCode: 1, says });
    await expectNothingLeft();
  });
});

describe('programs that misbehave when they are run', () => {
  const ends = { name: 'ends', exitCode: 0, timeoutSeconds: 2 };

  it('one that crashes', async () => {
    const result = await build(cProject('#include <stdlib.h>\nint main(void) { abort(); }\n'));
    expectFailure(result, { code: 'PROOF_FAILED', exitCode: 1, says: /ended by SIG(ABRT|SEGV)/ });
    await expectNothingLeft();
  });

  it('one that hangs', async () => {
    const result = await build(
      cProject('#include <unistd.h>\nint main(void) { for (;;) pause(); }\n', [ends]),
    );
    expectFailure(result, { code: 'PROOF_FAILED', exitCode: 1, says: /did not end within 2 s/ });
    await expectNothingLeft();
  });

  it('one that ignores every polite signal', async () => {
    const source = `#include <signal.h>
      #include <unistd.h>
      int main(void) { for (int s = 1; s < 65; s++) signal(s, SIG_IGN); for (;;) pause(); }`;
    const result = await build(cProject(source, [ends]));
    expectFailure(result, { code: 'PROOF_FAILED', exitCode: 1, says: /did not end within 2 s/ });
    await expectNothingLeft();
  });

  it('one that prints without end', async () => {
    const source =
      '#include <stdio.h>\nint main(void) { for (;;) puts("and on and on and on and on and on and on"); }\n';
    const result = await build(cProject(source, [{ ...ends, expectedOutput: ['the end'] }]));
    expectFailure(result, { code: 'PROOF_FAILED', exitCode: 1, says: /did not end within 2 s/ });
    expect(result.stderr.length).toBeLessThan(20_000);
    await expectNothingLeft();
  });

  it('one that forks without end', async () => {
    const source = '#include <unistd.h>\nint main(void) { for (;;) fork(); }\n';
    const result = await build(cProject(source, [ends]));
    expectFailure(result, { code: 'PROOF_FAILED', exitCode: 1, says: /did not end within 2 s/ });
    await expectNothingLeft();
  });

  it('one that leaves a daemon behind', async () => {
    const source = `#include <unistd.h>
      int main(void) { if (fork() == 0) { setsid(); if (fork() == 0) for (;;) pause(); } return 0; }`;
    const result = await build(cProject(source, [{ name: 'ends', exitCode: 0, timeoutSeconds: 5 }]));
    expect([0, 1], result.stderr).toContain(result.exitCode);
    expect(await expectedNothing(work)).toEqual({ processes: [], mounts: [] });
  });
});

describe('a full disk', () => {
  it.skipIf(!isRoot || !hasTool('unshare'))('leaves no half-written archive', async () => {
    const small = join(work, 'small');
    mkdirSync(small);
    const script = `
      mount -t tmpfs -o size=64k none "$1" || exit 99
      "$2" "$3" build /bin/bash -t bad -o "$1/bad.tar"; code=$?
      find "$1" -type f >&2; exit $code`;
    const args = ['-m', '--propagation', 'private', 'sh', '-c', script, 'sh', small, process.execPath, CLI];
    const result = await runTool('unshare', args, { env: environment(), cwd: work });
    expectFailure(result, { code: 'DISK_FULL', exitCode: 5, says: /small/ });
    // `find` printed after the error; nothing may follow it.
    expect(result.stderr).not.toMatch(/^\/.*small\//m);
    await expectNothingLeft();
  });

  it('a folder that does not exist is said, and not made', async () => {
    const args = [CLI, 'build', '/bin/ls', '-t', 'bad', '-o', join(output, 'no/such/folder/bad.tar')];
    const result = await runTool(process.execPath, args, { cwd: output, env: environment() });
    expect(result.stderr).toMatch(/no\/such\/folder/);
    expectFailure(result, {
      code: /code: (\w+)/.exec(result.stderr)?.[1] ?? '',
      exitCode: result.exitCode ?? -1,
      says: /no/,
    });
    expect([2, 5]).toContain(result.exitCode);
    await expectNothingLeft();
  });
});

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
    const child = startMorsel(['build', path, '-t', 'bad', '-o', join(output, 'bad.tar'), ...flags], {
      cwd: output,
      env: environment(),
    });
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
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
    const marker = join(work, 'compiling');
    write('project/Makefile', `all: bad\nbad:\n\ttouch ${marker}; sleep 300; false\n`, 0o644);
    write('project/main.c', 'int main(void) { return 0; }\n', 0o644);
    const isCompiling = (): boolean => listBelow(work).includes(marker);
    expectInterrupted(await interrupt({ path: join(work, 'project'), reached: isCompiling }));
    await expectNothingLeft();
  });

  it('while writing the archive: no part of it stays', async () => {
    // Large enough to take seconds, and not compressible, so that the writer is busy when the signal comes.
    const binary = join(work, 'large');
    await runToolOk('gcc', [
      '-static',
      '-s',
      '-o',
      binary,
      '-x',
      'c',
      write('main.c', 'int main(void) { return 0; }\n', 0o644),
    ]);
    await runToolOk('sh', ['-c', 'head -c 400000000 /dev/urandom >> "$1"', 'sh', binary]);
    const isWriting = (): boolean => listBelow(output).length > 0 || listBelow(temporary).length > 0;
    expectInterrupted(await interrupt({ path: binary, flags: ['--no-prove'], reached: isWriting }));
    truncateSync(binary);
    await expectNothingLeft();
  });

  it('twice, while the library still sleeps: the process ends at once, and nothing stays', async () => {
    const marker = join(work, 'compiling');
    // Deaf to the polite signal: the compiler is waited for.
    write('project/Makefile', `all: bad\nbad:\n\ttrap '' INT TERM; touch ${marker}; sleep 5\n`, 0o644);
    write('project/main.c', 'int main(void) { return 0; }\n', 0o644);
    const isCompiling = (): boolean => listBelow(work).includes(marker);
    const result = await interrupt({ path: join(work, 'project'), reached: isCompiling, times: 2 });
    expect(result.code).toBe(130);
    expect(listBelow(output)).toEqual([]);
  });

  it('while proving: the program in the sandbox ends', async () => {
    const marker = `prove-${count}-${process.pid}-marker`;
    const check = { name: 'waits', args: [marker], exitCode: 0, timeoutSeconds: 300 };
    const project = cProject('#include <unistd.h>\nint main(void) { for (;;) pause(); }\n', [check]);
    const isProving = (): boolean => findProcesses(marker).length > 0;
    expectInterrupted(await interrupt({ path: project, reached: isProving }));
    await expectNothingLeft();
    expect(findProcesses(marker)).toEqual([]);
  });
});
