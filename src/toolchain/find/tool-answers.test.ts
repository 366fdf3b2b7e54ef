import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ToolAnswers } from './tool-answers.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'morsel-answers-'));
});
afterEach(() => rmSync(root, { recursive: true }));

it('takes folders of PATH that are none, or cannot be seen', () => {
  symlinkSync('loop', join(root, 'loop'));
  const odd = [join(root, 'loop'), join(root, 'nowhere'), '/etc/passwd/bin', `/${'x'.repeat(300)}`, 'a\0b'];
  const answers = new ToolAnswers(root, odd);
  expect(answers.keyOf('/bin/sh', [], { env: {} })).toMatch(/^[\w-]{43}$/);
});

it('takes nothing from a file that is no list of answers', () => {
  const path = join(root, 'tool-answers.json');
  const key = new ToolAnswers(root, []).keyOf('/bin/sh', ['-v'], { env: {} }) ?? '';
  const texts = [
    '',
    'null',
    '[]',
    '"x"',
    '{',
    JSON.stringify({ [key]: 7 }),
    JSON.stringify({ [key]: { x: 1 } }),
  ];
  for (const text of [...texts, `${'['.repeat(100_000)}`]) {
    writeFileSync(path, text);
    expect(new ToolAnswers(root, []).get(key)).toBe(null);
  }
  const answers = new ToolAnswers(root, []);
  answers.set(key, 'one');
  answers.save();
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ [key]: 'one' });
  expect(new ToolAnswers(root, []).get(key)).toBe('one');
});
