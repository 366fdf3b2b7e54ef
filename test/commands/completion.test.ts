import { afterAll, expect, it } from 'vitest';
import { failureOf } from './documents.ts';
import { Targets } from './targets.ts';

const targets = new Targets();
afterAll(() => targets.remove());

it.each([
  ['bash', /^# bash completion for morsel[^]*\ncomplete -o default -o bashdefault -F _morsel morsel\n$/],
  ['zsh', /^#compdef morsel\n/],
  ['fish', /^# fish completion for morsel[^]*\ncomplete -c morsel /],
])('prints the script of %s, and nothing else', async (shell, script) => {
  const { exitCode, stdout, stderr } = await targets.morsel('completion', shell);
  expect(stdout).toMatch(script);
  expect(stdout).toContain('explain');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
});

it.each([[[]], [['tcsh']]])('%j: 2', async (words: readonly string[]) => {
  const result = await targets.morsel('completion', ...words);
  expect(result).toMatchObject({ exitCode: 2, stdout: '' });
  expect(failureOf(await targets.morsel('completion', ...words, '--format=json')).code).toBe('USAGE');
});
