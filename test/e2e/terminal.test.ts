import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COMMAND_NAMES } from '../../src/cli/start/command-names.ts';
import { displayWidth } from '../../src/cli/text/display-width.ts';
import { morsel } from '../built-cli.ts';
import { parseProblem } from '../golden/command-lines.ts';
import { morselAtTerminal } from '../pseudo-terminal.ts';

const WIDTHS = [60, 80, 200] as const;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'morsel-terminal-'));
  writeFileSync(join(folder, 'hello.c'), 'int main(void) { return 0; }\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Lines that are wider than the terminal, and could have been broken: they have a blank behind their indentation. */
function tooWide(screen: readonly string[], columns: number): readonly string[] {
  const copied = /docker load|apt-get|pip install|@sha256:|^ +morsel /;
  return screen.filter((line) => displayWidth(line) > columns && / /.test(line.trim()) && !copied.test(line));
}

describe('a build at a terminal', () => {
  it.each(WIDTHS)('of %i columns: the report fits, and what is to be copied is whole', async (columns) => {
    const { screen, exitCode, frames } = await morselAtTerminal(['build', 'hello.c'], {
      columns,
      cwd: folder,
    });
    expect(exitCode).toBe(0);
    expect(tooWide(screen, columns)).toEqual([]);
    expect(screen.some((line) => line.includes('docker load -i hello.tar && docker run --rm hello'))).toBe(
      true,
    );
    expect(screen.filter((line) => line.startsWith('hello@sha256:'))).toHaveLength(1);
    // No drawn line is left, and none was as wide as the terminal, where it would have broken.
    expect(screen.filter((line) => /^[-\\|/] /.test(line))).toEqual([]);
    expect(frames.length).toBeGreaterThan(0);
    expect(frames.filter((line) => displayWidth(line) >= columns)).toEqual([]);
  });

  it('says each message once', async () => {
    const { screen } = await morselAtTerminal(['build', 'hello.c'], { columns: 200, cwd: folder });
    const said = screen.map((line) => line.trim()).filter((line) => line.length > 20);
    expect(
      said.filter((line, index) => said.some((other, at) => at !== index && other.includes(line))),
    ).toEqual([]);
    expect(screen.join('\n').match(/ends with exit code 0/g)).toHaveLength(1);
  });

  it.each([
    ['NO_COLOR', '1', /\u001B\[[\d;]*m/],
    ['TERM', 'dumb', /\u001B|\r(?!\n)/],
  ])('with %s=%s has none of that', async (name, value, absent) => {
    const { written } = await morselAtTerminal(['build', 'hello.c'], {
      columns: 80,
      cwd: folder,
      env: { [name]: value },
    });
    expect(written).toContain('hello@sha256:');
    expect(written).not.toMatch(absent);
  });

  it('of CI is neither live nor wrapped: logs are searched by line', async () => {
    const { written } = await morselAtTerminal(['build', 'hello.c'], {
      columns: 60,
      cwd: folder,
      env: { CI: '1' },
    });
    expect(written).not.toContain('\r');
    expect(written).toMatch(/starts, and ends with exit code 0, as on this machine; no job was tried\n/);
  });

  it('is quiet with --quiet', async () => {
    const { written } = await morselAtTerminal(['build', '-q', 'hello.c'], { columns: 60, cwd: folder });
    expect(written).toMatch(/^hello@sha256:[0-9a-f]{64}\n$/);
  });
});

describe('without a terminal', () => {
  it('no line is broken, whatever COLUMNS says', async () => {
    const { stderr } = await morsel(['build', 'hello.c'], { cwd: folder });
    expect(stderr).toMatch(/^ {2}passed {2}starts: .* no job was tried$/m);
    expect(stderr).not.toMatch(/[\r\u001B]/);
  });

  it('JSON is alone', async () => {
    const { stdout, stderr } = await morsel(['build', 'hello.c', '--format', 'json'], { cwd: folder });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ rung: 'static-musl' });
  });
});

describe('a build that is interrupted', () => {
  const project = (): string => {
    const directory = join(folder, 'slow');
    mkdirSync(directory);
    writeFileSync(join(directory, 'main.c'), 'int main(void) { return 0; }\n');
    writeFileSync(
      join(directory, 'Makefile'),
      'slow: main.c\n\t@echo [1/2] Building main.c; sleep 100\n\t$(CC) -o slow main.c\n',
    );
    return directory;
  };

  it.each([1, 2])('by Ctrl-C pressed %i times, leaves a clean line', async (times) => {
    const press = { type: '\u0003' };
    const acts = [{ ...press, after: '1 of 2 steps' }, press].slice(0, times);
    const session = await morselAtTerminal(['build', project()], { columns: 80, cwd: folder, acts });
    expect(session.exitCode).toBe(130);
    expect(session.frames.some((frame) => frame.includes('static-musl: 1 of 2 steps, '))).toBe(true);
    expect(session.screen.filter((line) => /^[-\\|/] |steps/.test(line))).toEqual([]);
    expect(session.screen.at(-1)).toBe('');
  });
});

describe('errors at a terminal', () => {
  it('hang below their beginning, and their hints can be copied', async () => {
    const { screen, exitCode } = await morselAtTerminal(['build', 'absent.c'], { columns: 60, cwd: folder });
    expect(exitCode).toBe(2);
    expect(screen[0]).toMatch(/^error: /);
    expect(tooWide(screen, 60)).toEqual([]);
  });
});

describe('help', () => {
  it.each(WIDTHS)('of every command fits into %i columns', async (columns) => {
    for (const command of COMMAND_NAMES) {
      const { screen } = await morselAtTerminal([command, '--help'], { columns, cwd: folder });
      expect(tooWide(screen, columns)).toEqual([]);
      const lines = screen
        .filter((line) => /^\s+morsel /.test(line))
        .map((line) => line.split(/ {2,}/)[1] ?? '');
      expect((await Promise.all(lines.map(parseProblem))).filter((problem) => problem !== null)).toEqual([]);
    }
  });

  it.each(WIDTHS)('of morsel.json fits into %i columns, and says the same at each', async (columns) => {
    const { screen } = await morselAtTerminal(['help', 'morsel.json'], { columns, cwd: folder });
    expect(tooWide(screen, columns)).toEqual([]);
    const { stdout } = await morsel(['help', 'morsel.json']);
    const words = (text: string): readonly string[] => text.trim().split(/\s+/);
    expect(words(screen.join('\n'))).toEqual(words(stdout));
  });

  it.each([[['build', '--help']], [['help', 'morsel.json']]])(
    '%j is a page of 80 columns for a pipe',
    async (words) => {
      const { stdout } = await morsel(words);
      const wide = stdout.split('\n').filter((line) => line.length > 80 && / /.test(line.trim()));
      expect(wide).toEqual([]);
    },
  );
});
