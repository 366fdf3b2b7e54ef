import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { morsel, startMorsel } from '../built-cli.ts';
import { eventually, expectedNothing, listBelow } from '../left-behind.ts';
import { CaseFolder } from './case-folder.ts';

/** Compilers, and what they start, end with the build: whatever ends it. */
const place = new CaseFolder();
beforeEach(() => place.next());
afterAll(() => place.remove());

/** What a Makefile may start so that it is no child, in no group and in no session of anybody. */
const DAEMON = '(setsid sh -c "sleep 300; : $(CURDIR)" &)';

function project(recipe: string): string {
  place.write('project/main.c', 'int main(void) { return 0; }\n', 0o644);
  place.write('project/Makefile', `app:\n\t${recipe}\n`, 0o644);
  return join(place.work, 'project');
}

const build = (path: string, ...flags: readonly string[]): readonly string[] => [
  'build',
  path,
  '--no-prove',
  '--rung',
  'static-musl',
  '-q',
  '-o',
  join(place.output, 'app.tar'),
  ...flags,
];

describe('the processes of a build', () => {
  it('end when morsel is killed', async () => {
    const marker = join(place.work, 'compiling');
    const path = project(`${DAEMON}; touch ${marker}; sleep 300`);
    const child = startMorsel(build(path), { cwd: place.output, env: place.environment() });
    const ended = new Promise((resolve) => child.once('close', resolve));
    expect(await eventually(() => listBelow(place.work).includes(marker), 60_000)).toBe(true);
    child.kill('SIGKILL');
    await ended;
    expect((await expectedNothing(place.work)).processes).toEqual([]);
  });

  it('end with the build, which does not wait for them', async () => {
    const path = project(`${DAEMON}; setsid sleep 300 & $(CC) -o app main.c`);
    const result = await morsel(build(path), { cwd: place.output, env: place.environment() });
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    expect((await expectedNothing(place.work)).processes).toEqual([]);
  });

  it('end at --timeout, with its own error', async () => {
    const path = project(`${DAEMON}; yes`);
    const result = await morsel(build(path, '--timeout', '2'), {
      cwd: place.output,
      env: place.environment(),
    });
    expect(result.exitCode).toBe(3);
    expect(result.stderr).toMatch(/was stopped: it ran longer than 2 seconds/);
    expect(result.stderr).toMatch(/ {2}hint: .*--timeout SECONDS/);
    expect(result.stderr.length).toBeLessThan(10_000);
    await place.expectNothingLeft();
  });

  it.each(['0', '2147484', '99999999999'])('refuses a limit of %s seconds', async (seconds) => {
    const result = await morsel(build(project('true'), '--timeout', seconds), { cwd: place.output });
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toMatch(/hint: give whole seconds from 1 to 2147483/);
  });

  it('leave no temporary file', async () => {
    const path = project('echo x > "$$TMPDIR/ccLeft.s"; $(CC) -o app main.c');
    const result = await morsel(build(path), { cwd: place.output, env: place.environment() });
    expect(result.exitCode).toBe(0);
    expect(listBelow(place.temporary)).toEqual([]);
    expect(listBelow(place.work).filter((name) => name.endsWith('ccLeft.s'))).toEqual([]);
  });
});
