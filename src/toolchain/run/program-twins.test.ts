import { spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasTool } from '../../../test/reference-tools.ts';
import { isSameProgram } from './program-twins.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'morsel-twins-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const at = (name: string): string => join(root, name);

function run(program: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

const SOURCE = '#include <stdio.h>\nint main(void) { return puts(WORD) < 0; }\n';

describe('isSameProgram', () => {
  it.for([[], ['-static'], ['-static-pie']])('sees through strip, compiled with %s', (flags, { skip }) => {
    if (!hasTool('gcc') || !hasTool('strip')) skip('no gcc, or no strip');
    writeFileSync(at('a.c'), SOURCE);
    run('gcc', '-g', ...flags, '-DWORD="one"', '-o', at('a'), at('a.c'));
    run('gcc', '-g', ...flags, '-DWORD="two"', '-o', at('b'), at('a.c'));
    run('strip', '-o', at('stripped'), at('a'));
    expect(isSameProgram(at('a'), at('stripped'))).toBe(true);
    expect(isSameProgram(at('a'), at('b'))).toBe(false);
    expect(isSameProgram(at('b'), at('stripped'))).toBe(false);
  });

  it('counts what is appended to a program', () => {
    copyFileSync('/bin/true', at('a'));
    copyFileSync('/bin/true', at('b'));
    chmodSync(at('b'), 0o755);
    expect(isSameProgram(at('a'), at('b'))).toBe(true);
    appendFileSync(at('b'), 'payload');
    expect(isSameProgram(at('a'), at('b'))).toBe(false);
  });
});
