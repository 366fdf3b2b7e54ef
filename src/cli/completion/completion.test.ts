import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTerminal } from '../../../test/in-terminal.ts';
import { hasTool, requireTool } from '../../../test/reference-tools.ts';
import { createProgram } from '../start/program.ts';
import { bashCompletion } from './bash.ts';
import { allCommands, commandModel, spellings } from './command-model.ts';
import { fishCompletion } from './fish.ts';
import { zshCompletion } from './zsh.ts';

/** The real shells are asked what they would offer. */
const program = commandModel(
  createProgram({ signal: new AbortController().signal, exitCode: 0, format: undefined }),
);
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'morsel-completion-'));
  writeFileSync(join(folder, 'bash'), bashCompletion(program));
  writeFileSync(join(folder, '_morsel'), zshCompletion(program));
  writeFileSync(join(folder, 'fish'), fishCompletion(program));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LINES = [
  ['morsel', 'exp'],
  ['morsel', 'build', '--size', 'sm'],
  ['morsel', 'build', '--no-p'],
  ['morsel', 'run', '--network', ''],
  ['morsel', 'run', '--net'],
  ['morsel', 'cache', 'p'],
  ['morsel', 'cache', 'prune', '--old'],
  ['morsel', 'completion', '--he'],
] as const;
const OFFERED = [
  ['explain'],
  ['smallest'],
  ['--no-prove'],
  ['none', 'host'],
  ['--network'],
  ['prune'],
  ['--older-than'],
  [],
] as const;

function inBash(words: readonly string[]): readonly string[] {
  const script = `source ${folder}/bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _morsel; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return lines(execFileSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' }));
}

function inFish(words: readonly string[]): readonly string[] {
  const script = `source ${folder}/fish; complete -C '${words.join(' ')}'`;
  const said = execFileSync('fish', ['--no-config', '-c', script], {
    encoding: 'utf8',
    cwd: folder,
    env: { ...process.env, HOME: folder },
  });
  return lines(said).map((line) => line.split('\t')[0] ?? '');
}

const lines = (said: string): readonly string[] => said.split('\n').filter((line) => line !== '');

describe.each(LINES.map((words, index) => [words, OFFERED[index] ?? []] as const))('%s', (words, offered) => {
  it('in bash', () => expect(inBash(words)).toEqual(offered));

  it.skipIf(!hasTool('fish'))('in fish', () => {
    expect([...inFish(words)].sort()).toEqual([...offered].sort());
  });
});

describe('zsh', () => {
  it.skipIf(!hasTool('zsh') || !hasTool('python3'))('offers commands, options and their values', async () => {
    // zsh completes only in a terminal, where Tab is typed.
    const start = `PROMPT='> '; fpath=(${folder} $fpath); autoload -U compinit; compinit -u -D; LISTMAX=10000; echo re''ady\n`;
    const { screen } = await inTerminal(
      [requireTool('zsh'), '-f', '-i'],
      [
        { waitMs: 500, type: start },
        { after: 'ready', waitMs: 0 },
        { waitMs: 300, type: 'morsel build --size \t\t' },
        { after: 'smallest', type: '\x15' },
        { waitMs: 300, type: 'morsel \t\t' },
        { after: 'explain', type: '\x15' },
        { waitMs: 300, type: 'morsel cache prune --old\t' },
        { after: '--older-than', type: '\x15' },
        { waitMs: 300, type: 'exit\n' },
      ],
      { env: { PATH: process.env['PATH'], TERM: 'vt100', HOME: folder }, size: [50, 150] },
    );
    expect(screen).toMatch(/debug\s+default\s+smallest/);
    expect(screen).toMatch(/explain\s+-- why a container does not start/);
    expect(screen).not.toMatch(/error:|command not found|bad pattern/i);
  });

  it.skipIf(!hasTool('zsh'))('is a script without errors, also where it is sourced', () => {
    const script = `autoload -U compinit; compinit -u -D; source ${folder}/_morsel; print -r -- $_comps[morsel]`;
    const said = execFileSync('zsh', ['-f', '-c', script], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, HOME: folder },
    });
    expect(said).toBe('_morsel\n');
  });
});

it('knows every command and option that the help shows', () => {
  const commands = allCommands(program);
  expect(commands.map(({ path }) => path.join(' '))).toContain('cache prune');
  for (const script of [bashCompletion(program), zshCompletion(program)]) {
    for (const { command } of commands)
      for (const option of command.options)
        for (const word of spellings(option)) expect(script).toContain(word);
  }
});
