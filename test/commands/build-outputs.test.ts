import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CLI, listExamples } from '../built-cli.ts';
import { runTool } from '../run-tool.ts';
import { documentOf, failureOf } from './documents.ts';
import { Targets } from './targets.ts';

/** Where `build` writes, and what it leaves in a project. */
const targets = new Targets();
afterAll(() => targets.remove());

const QUICK = ['--rung', 'static-glibc', '--no-prove'];

/** A make project of its own, in which the build is started. */
function project(name: string, files: Readonly<Record<string, string>> = {}): string {
  const folder = targets.path(name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'Makefile'), 'app: main.c\n\t$(CC) $(CFLAGS) $(LDFLAGS) -o app main.c\n');
  writeFileSync(join(folder, 'main.c'), 'int main(void) { return 0; }\n');
  for (const [path, content] of Object.entries(files)) writeFileSync(join(folder, path), content);
  return folder;
}

const morselIn = (cwd: string, ...args: readonly string[]) =>
  runTool(process.execPath, [CLI, ...args], {
    cwd,
    env: { ...targets.place.environment(), PATH: process.env['PATH'] ?? '' },
  });

describe('-o -', () => {
  it('writes the archive to stdout, which is the one that a file would be, and the reference to stderr', async () => {
    const script = `"${process.execPath}" "${CLI}" build "$1" --no-prove -t a:1 -q -o - > piped.tar`;
    const cwd = project('piped');
    const piped = await runTool('sh', ['-c', script, 'sh', targets.static()], {
      cwd,
      env: targets.place.environment(),
    });
    expect(piped).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: expect.stringMatching(/^a:1@sha256:[0-9a-f]{64}\n$/),
    });
    const named = await morselIn(
      cwd,
      'build',
      targets.static(),
      '--no-prove',
      '-t',
      'a:1',
      '-q',
      '-o',
      'named.tar',
    );
    expect(named.stdout).toBe(piped.stderr);
    expect(readFileSync(join(cwd, 'piped.tar')).equals(readFileSync(join(cwd, 'named.tar')))).toBe(true);
  });

  it('writes nothing of a build that fails, and fails where its reader leaves', async () => {
    const cwd = project('failing', { 'main.c': 'int main(void) { return none; }\n' });
    const failed = await morselIn(cwd, 'build', '.', ...QUICK, '-o', '-', '--format', 'json');
    expect(failed).toMatchObject({ exitCode: 3, stdout: '' });
    const script = `{ "${process.execPath}" "${CLI}" build "$1" --no-prove -q -o -; echo "exit $?" >&2; } | head -c 10 > part`;
    const left = await runTool('sh', ['-c', script, 'sh', targets.static()], {
      cwd,
      env: targets.place.environment(),
    });
    expect(left.stderr).toMatch(/code: WRITE_FAILED\nexit 5\n$/);
  });

  it('is refused on a terminal', async () => {
    const command = `${process.execPath} ${CLI} build ${targets.static()} -o -`;
    const result = await runTool('script', ['-qec', command, '/dev/null'], {
      cwd: project('terminal'),
      env: targets.place.environment(),
    });
    expect(result.stdout).toContain('code: USAGE');
    expect(result.stdout).toContain('terminal');
    expect(result.exitCode).toBe(2);
  });
});

describe('NAME.tar in the project', () => {
  it('is no source of the next build, and not added with its folder', async () => {
    const made = targets.path('made');
    const cwd = project('again', {
      Makefile: `app: main.c\n\t$(CC) $(CFLAGS) $(LDFLAGS) -o app main.c && echo made >> ${made}\n`,
      'morsel.json': '{ "name": "again", "add": [".:/srv"] }',
    });
    const first = documentOf('build', await morselIn(cwd, 'build', '.', ...QUICK, '--format', 'json'));
    expect(readdirSync(cwd).sort()).toEqual([
      'Makefile',
      'again.evidence.json',
      'again.tar',
      'main.c',
      'morsel.json',
    ]);
    const second = documentOf('build', await morselIn(cwd, 'build', '.', ...QUICK, '--format', 'json'));
    expect(second.digest).toBe(first.digest);
    // Neither the archive nor the folder beside it has changed the sources.
    expect(readFileSync(made, 'utf8')).toBe('made\n');
    const paths = first.files.map(({ path }) => path).filter((path) => path.startsWith('/srv/'));
    expect(paths).toEqual(['/srv/Makefile', '/srv/main.c', '/srv/morsel.json']);
  });

  it('is said to be seen by git, until it is ignored', async () => {
    const cwd = project('tracked');
    execFileSync('git', ['init', '-q'], { cwd });
    const build = async () => (await morselIn(cwd, 'build', '.', ...QUICK)).stderr;
    expect(await build()).toContain(
      'git sees tracked.tar and tracked.evidence.json: write that into .gitignore',
    );
    writeFileSync(join(cwd, '.gitignore'), '*.tar\n*.evidence.json\n');
    expect(await build()).not.toContain('git sees');
    const status = execFileSync('git', ['status', '--porcelain'], { cwd, encoding: 'utf8' });
    expect(status.split('\n').filter((line) => line !== '')).toEqual([
      '?? .gitignore',
      '?? Makefile',
      '?? main.c',
    ]);
  });
});

describe('--init-config', () => {
  it.each(listExamples().filter(({ name }) => ['c-hello', 'c-make'].includes(name)))(
    'of $name makes the same image',
    async ({ name, directory }) => {
      const cwd = targets.path(name);
      execFileSync('cp', ['-r', directory, cwd]);
      execFileSync('rm', ['morsel.json'], { cwd });
      const digest = async () =>
        documentOf('build', await morselIn(cwd, 'build', '.', ...QUICK, '--format', 'json')).digest;
      const without = await digest();
      const made = await morselIn(cwd, 'build', '--init-config');
      expect(made).toMatchObject({ exitCode: 0, stdout: `${join(cwd, 'morsel.json')}\n`, stderr: '' });
      expect(await digest()).toBe(without);
    },
  );
});

describe('morsel.json', () => {
  it('is refused with all that is wrong, by line and column, as text and as JSON', async () => {
    const cwd = project('wrong', { 'morsel.json': '{\n  "usre": "1",\n  "checks": [{ "nmae": "x" }]\n}\n' });
    const { stderr, exitCode } = await morselIn(cwd, 'build');
    expect(stderr).toBe(
      [
        'error: morsel.json:2:3: usre is no field: did you mean "user"? (the first of 3 problems)',
        '  | 2:3: usre is no field: did you mean "user"?',
        '  | 3:14: checks[0].name is missing',
        '  | 3:16: checks[0].nmae is no field: did you mean "name"?',
        '  hint: `morsel help morsel.json` lists the fields and what they mean',
        '  code: CONFIG_INVALID',
        '',
      ].join('\n'),
    );
    expect(exitCode).toBe(2);
    const failure = failureOf(await morselIn(cwd, 'build', '--format', 'json'));
    expect(failure.details?.['problems']).toHaveLength(3);
    const proven = await morselIn(cwd, 'prove', 'absent.tar', '--checks', 'morsel.json');
    expect(proven.stderr).toContain('  | 3:16: checks[0].nmae is no field');
  });

  it('has its fields printed', async () => {
    const { exitCode, stdout } = await morselIn(project('help'), 'help', 'morsel.json');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^ {2}c\.link {2}list of string.*\n {6}Libraries, as after -l\.$/m);
    expect(stdout).toMatch(/^ {2}http\.status {2}integer 100 to 599$/m);
  });
});
