import { chmodSync, copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { BUILD_LIMIT_MS, type BuiltImage, CLI, copyCli, nodeForOthers } from '../built-cli.ts';
import { expectedNothing } from '../left-behind.ts';
import { hasTool, requireInCi } from '../reference-tools.ts';
import { runTool, runToolOk, type ToolResult } from '../run-tool.ts';
import { CaseFolder } from './case-folder.ts';

/**
 * What users hand in that is wrong. Each case: the code, the exit code, words that help, no stack, and nothing left: no
 * file in the output folder, no temporary file, no process, no mount.
 */
const isRoot = requireInCi('root, for another user and a full disk', process.getuid?.() === 0);
const place = new CaseFolder();
beforeEach(() => place.next());
afterAll(() => place.remove());

function build(path: string, ...flags: readonly string[]): Promise<ToolResult> {
  const args = [CLI, 'build', path, '-t', 'bad', '-o', join(place.output, 'bad.tar'), ...flags];
  return runTool(process.execPath, args, {
    cwd: place.output,
    env: place.environment(),
    timeoutMs: BUILD_LIMIT_MS,
  });
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

describe('files that are no program', () => {
  it('text', async () => {
    const result = await build(place.write('notes', 'These are notes.\n'));
    expectFailure(result, { code: 'NOT_AN_EXECUTABLE', exitCode: 2, says: /notes/ });
    await place.expectNothingLeft();
  });

  it('a script', async () => {
    const result = await build(place.write('script', '#!/bin/sh\necho hello\n'));
    expectFailure(result, { code: 'NOT_AN_EXECUTABLE', exitCode: 2, says: /script|#!/ });
    await place.expectNothingLeft();
  });

  it('an empty file', async () => {
    const result = await build(place.write('nothing', ''));
    expectFailure(result, { code: 'NOT_AN_EXECUTABLE', exitCode: 2, says: /empty/ });
    await place.expectNothingLeft();
  });

  it.each([10, 70, 200, 5000])('an ELF file cut off after %i bytes', async (length) => {
    const result = await build(place.write('cut', readFileSync('/bin/ls').subarray(0, length)));
    expect(result.stderr).toMatch(/ {2}code: (ELF_INVALID|NOT_AN_EXECUTABLE)\n/);
    expectFailure(result, { code: /code: (\w+)/.exec(result.stderr)?.[1] ?? '', exitCode: 2, says: /cut/ });
    await place.expectNothingLeft();
  });

  it('a shared library', async () => {
    const library = join(place.work, 'library.so');
    const source = place.write('library.c', 'int two(void) { return 2; }\n', 0o644);
    await runToolOk('gcc', ['-shared', '-fPIC', '-o', library, source]);
    const result = await build(library);
    expectFailure(result, { code: 'NOT_AN_EXECUTABLE', exitCode: 2, says: /shared/ });
    await place.expectNothingLeft();
  });

  it('no file at all', async () => {
    const result = await build(join(place.work, 'absent'));
    expectFailure(result, { code: 'NOT_FOUND', exitCode: 2, says: /absent/ });
    await place.expectNothingLeft();
  });

  it.skipIf(!isRoot)('a file that may not be read', async () => {
    const path = join(place.work, 'secret');
    copyFileSync('/bin/ls', path);
    chmodSync(path, 0o600);
    const cli = copyCli(place.base);
    for (const folder of [place.base, place.work]) chmodSync(folder, 0o755);
    for (const folder of [place.output, place.temporary, join(place.work, 'home')]) chmodSync(folder, 0o777);
    const args = [cli, 'build', path, '-t', 'bad', '-o', join(place.output, 'bad.tar')];
    const result = await runTool(nodeForOthers(place.base), args, {
      cwd: place.output,
      env: place.environment(),
      uid: 65534,
      gid: 65534,
    });
    expectFailure(result, { code: 'UNREADABLE', exitCode: 2, says: /secret/ });
    await place.expectNothingLeft();
  });
});

describe('a folder that was removed while the shell was in it', () => {
  it.each(['build', 'inspect', 'compare'])('%s says so', async (command) => {
    const script = `mkdir gone && cd gone && rmdir ../gone && exec "$0" ${CLI} ${command} .`;
    const result = await runTool('/bin/sh', ['-c', script, process.execPath], {
      cwd: place.work,
      env: place.environment(),
    });
    expectFailure(result, { code: 'NOT_FOUND', exitCode: 2, says: /hint: / });
    await place.expectNothingLeft();
  });
});

describe('an output that is the input', () => {
  it('stays as it is', async () => {
    const program = place.write('output/bad.tar', readFileSync('/bin/true'));
    const result = await build(program, '--no-prove');
    expectFailure(result, { code: 'USAGE', exitCode: 2, says: /would be replaced/ });
    expect(readFileSync(program).equals(readFileSync('/bin/true'))).toBe(true);
  });

  it('an image that is proven is not replaced by its receipt', async () => {
    const image = join(place.output, 'true.tar');
    const flags = ['-q', '--no-prove', '-o', image];
    await runToolOk(process.execPath, [CLI, 'build', '/bin/true', ...flags], { env: place.environment() });
    const before = readFileSync(image);
    const prove = [CLI, 'prove', image, '-o', image];
    const result = await runTool(process.execPath, prove, { env: place.environment() });
    expectFailure(result, { code: 'USAGE', exitCode: 2, says: /would be replaced/ });
    expect(readFileSync(image).equals(before)).toBe(true);
  });

  it('a receipt that has no place is refused before anything is run, and an image that is none is no bug', async () => {
    const image = join(place.output, 'true.tar');
    const env = place.environment();
    await runToolOk(process.execPath, [CLI, 'build', '/bin/true', '-q', '--no-prove', '-o', image], { env });
    mkdirSync(join(place.output, 'true.receipt.json'));
    const proven = await runTool(process.execPath, [CLI, 'prove', image], { env });
    expectFailure(proven, { code: 'WRITE_FAILED', exitCode: 5, says: /receipt\.json is a directory/ });
    expect(proven.stderr).not.toContain('passed');
    const long = await runTool(process.execPath, [CLI, 'prove', 'n'.repeat(300), '-o', 'r.json'], { env });
    expectFailure(long, { code: 'UNREADABLE', exitCode: 2, says: /ENAMETOOLONG/ });
  });

  it('a word with a NUL, which would end it, is not run', async () => {
    const args = [CLI, 'run', 'absent.tar', '--entrypoint', '["/true","a\\u0000b"]'];
    const result = await runTool(process.execPath, args, { env: place.environment() });
    expectFailure(result, { code: 'USAGE', exitCode: 125, says: /contains a NUL/ });
  });
});

describe('with --format json', () => {
  it('the error is one JSON object on stderr', async () => {
    const result = await build(place.write('notes', 'These are notes.\n'), '--format', 'json');
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
      const source = place.write(
        'main.c',
        '#include <stdio.h>\nint main(void) { puts("hello arm"); return 7; }\n',
        0o644,
      );
      const binary = join(place.work, 'arm');
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
      const source = place.write(
        'main.c',
        '#include <stdio.h>\nint main(void) { puts("hello arm"); return 0; }\n',
        0o644,
      );
      const binary = join(place.work, 'arm');
      await runToolOk('aarch64-linux-gnu-gcc', ['-O2', '-s', '-o', binary, source]);
      const result = await build(binary);
      expectFailure(result, { code: 'WONT_RUN', exitCode: 1, says: /ld-linux-aarch64\.so\.1/ });
      await place.expectNothingLeft();
    },
  );
});

describe('projects that cannot be built', () => {
  it('a directory with no project', async () => {
    mkdirSync(join(place.work, 'project'));
    const result = await build(join(place.work, 'project'));
    expectFailure(result, { code: 'NO_PROJECT', exitCode: 2, says: /project/ });
    await place.expectNothingLeft();
  });

  it('a morsel.json with a field that does not exist', async () => {
    const project = place.cProject('int main(void) { return 0; }\n');
    place.write('project/morsel.json', '{ "nmae": "bad" }', 0o644);
    const result = await build(project);
    expectFailure(result, { code: 'CONFIG_INVALID', exitCode: 2, says: /nmae/ });
    await place.expectNothingLeft();
  });

  it('an image name that no registry would take', async () => {
    const result = await build('/bin/ls', '-t', 'Not A Name');
    expectFailure(result, { code: 'USAGE', exitCode: 2, says: /Not A Name/ });
    await place.expectNothingLeft();
  });

  it('a flag that does not exist', async () => {
    const result = await build('/bin/ls', '--outptu', 'x');
    expect(result).toMatchObject({ exitCode: 2, stdout: '' });
    expect(result.stderr).toMatch(/--outptu/);
    await place.expectNothingLeft();
  });

  it('a source that does not compile: the compiler is heard', async () => {
    const result = await build(place.cProject('int main(void) { return undeclared_thing; }\n'));
    expectFailure(result, { code: 'COMPILE_FAILED', exitCode: 3, says: /undeclared_thing/ });
    await place.expectNothingLeft();
  });
});

describe('an image larger than morsel.json allows', () => {
  it.each([
    ['maxImageBytes', 100, /bytes, the limit is 100; its largest: \/main \d+ bytes/],
    ['maxFiles', 0, /1 files, the limit is 0; its largest: \/main/],
  ])('%s', async (limit, value, says) => {
    const project = place.cProject('int main(void) { return 0; }\n');
    place.write('project/morsel.json', JSON.stringify({ name: 'bad', limits: { [limit]: value } }), 0o644);
    expectFailure(await build(project, '--no-prove'), { code: 'SIZE_EXCEEDED', exitCode: 1, says });
    await place.expectNothingLeft();
  });
});

describe('programs that misbehave when they are run', () => {
  const ends = { name: 'ends', exitCode: 0, timeoutSeconds: 2 };
  // What crashes goes up the whole ladder; of the others each rung takes its time, and a bomb all processors.
  const ONE_RUNG = ['--rung', 'static-glibc'];

  it('one that crashes', async () => {
    const result = await build(place.cProject('#include <stdlib.h>\nint main(void) { abort(); }\n'));
    expectFailure(result, { code: 'PROOF_FAILED', exitCode: 1, says: /ended by SIG(ABRT|SEGV)/ });
    await place.expectNothingLeft();
  });

  it('one that hangs', async () => {
    const result = await build(
      place.cProject('#include <unistd.h>\nint main(void) { for (;;) pause(); }\n', [ends]),
      ...ONE_RUNG,
    );
    expectFailure(result, { code: 'PROOF_FAILED', exitCode: 1, says: /did not end within 2 s/ });
    await place.expectNothingLeft();
  });

  it('one that ignores every polite signal', async () => {
    const source = `#include <signal.h>
      #include <unistd.h>
      int main(void) { for (int s = 1; s < 65; s++) signal(s, SIG_IGN); for (;;) pause(); }`;
    const result = await build(place.cProject(source, [ends]), ...ONE_RUNG);
    expectFailure(result, { code: 'PROOF_FAILED', exitCode: 1, says: /did not end within 2 s/ });
    await place.expectNothingLeft();
  });

  it('one that prints without end', async () => {
    const source =
      '#include <stdio.h>\nint main(void) { for (;;) puts("and on and on and on and on and on and on"); }\n';
    const checks = [{ ...ends, expectedOutput: ['the end'] }];
    const result = await build(place.cProject(source, checks), ...ONE_RUNG);
    expectFailure(result, { code: 'PROOF_FAILED', exitCode: 1, says: /did not end within 2 s/ });
    expect(result.stderr.length).toBeLessThan(20_000);
    await place.expectNothingLeft();
  });

  it('one that forks without end', async () => {
    const source = '#include <unistd.h>\nint main(void) { for (;;) fork(); }\n';
    const result = await build(place.cProject(source, [ends]), ...ONE_RUNG);
    expectFailure(result, { code: 'PROOF_FAILED', exitCode: 1, says: /did not end within 2 s/ });
    await place.expectNothingLeft();
  });

  it('one that leaves a daemon behind', async () => {
    const source = `#include <unistd.h>
      int main(void) { if (fork() == 0) { setsid(); if (fork() == 0) for (;;) pause(); } return 0; }`;
    const result = await build(place.cProject(source, [{ name: 'ends', exitCode: 0, timeoutSeconds: 5 }]));
    expect([0, 1], result.stderr).toContain(result.exitCode);
    expect(await expectedNothing(place.work)).toEqual({ processes: [], mounts: [] });
  });
});

describe('a full disk', () => {
  it.skipIf(!isRoot || !hasTool('unshare'))('leaves no half-written archive', async () => {
    const small = join(place.work, 'small');
    mkdirSync(small);
    const script = `
      mount -t tmpfs -o size=64k none "$1" || exit 99
      "$2" "$3" build /bin/bash -t bad -o "$1/bad.tar"; code=$?
      find "$1" -type f >&2; exit $code`;
    const args = ['-m', '--propagation', 'private', 'sh', '-c', script, 'sh', small, process.execPath, CLI];
    const result = await runTool('unshare', args, { env: place.environment(), cwd: place.work });
    expectFailure(result, { code: 'DISK_FULL', exitCode: 5, says: /small/ });
    // `find` printed after the error; nothing may follow it.
    expect(result.stderr).not.toMatch(/^\/.*small\//m);
    await place.expectNothingLeft();
  });

  it('a folder that does not exist is said, and not made', async () => {
    const args = [CLI, 'build', '/bin/ls', '-t', 'bad', '-o', join(place.output, 'no/such/folder/bad.tar')];
    const result = await runTool(process.execPath, args, { cwd: place.output, env: place.environment() });
    expect(result.stderr).toMatch(/no\/such\/folder/);
    expectFailure(result, {
      code: /code: (\w+)/.exec(result.stderr)?.[1] ?? '',
      exitCode: result.exitCode ?? -1,
      says: /no/,
    });
    expect([2, 5]).toContain(result.exitCode);
    await place.expectNothingLeft();
  });
});
