import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CompileFailure, compileFailure } from './compile-failure.ts';
import { inOrder } from './in-order.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'in-order-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function made(args: readonly string[]): ReturnType<typeof run> {
  return run({ program: 'make', args, cwd: root, purpose: 'make app' });
}

function run(command: { program: string; args: readonly string[]; cwd: string; purpose: string }) {
  const { status, stdout, stderr } = spawnSync(command.program, command.args, {
    cwd: command.cwd,
    encoding: 'utf8',
  });
  const result = {
    exitCode: status,
    signal: null,
    stdout,
    stderr,
    timedOut: false,
    droppedBytes: 0,
    elapsedMs: 1,
  };
  const error = status === 0 ? null : compileFailure({ command, line: 'make', result, workDirectory: root });
  return { ...command, failure: error instanceof CompileFailure ? error : null };
}

/** The program's rule does not say that it needs the header. */
const RACE = 'all: gen.h app\n\napp: main.c\n\tgcc -o app main.c\n\ngen.h:\n\tsleep 1; echo > gen.h\n';

describe('inOrder', () => {
  it('is how a Makefile is built whose rules do not say what they need', () => {
    writeFileSync(join(root, 'Makefile'), RACE);
    writeFileSync(join(root, 'main.c'), '#include "gen.h"\nint main(void) { return 0; }\n');
    const first = made(['-j2', 'CC=cc']);
    if (first.failure === null) throw new Error('it should have failed');
    rmSync(join(root, 'gen.h'), { force: true });
    const again = inOrder(first, first.failure);
    expect(again).toMatchObject({
      args: ['-j1', 'CC=cc'],
      cwd: root,
      purpose: 'make app, one after another',
    });
    expect(made(again?.args ?? []).failure).toBe(null);
  });

  it('sees the Makefiles of folders below, and targets that nobody has made yet', () => {
    mkdirSync(join(root, 'custom'));
    writeFileSync(
      join(root, 'Makefile'),
      'all: one two\none:\n\t$(MAKE) -C custom\ntwo: gen.h\ngen.h:\n\tsleep 1; echo > gen.h\n',
    );
    writeFileSync(join(root, 'custom/Makefile'), 'all: x.o\nx.o: ../gen.h\n\ttouch x.o\n');
    const { failure, ...command } = made(['-j2']);
    expect(failure?.printed).toContain('No rule to make target');
    expect(failure === null ? null : inOrder(command, failure)).not.toBe(null);
  });

  it('is no cure for what nobody makes, for an error of a source, nor for what ran so already', () => {
    writeFileSync(join(root, 'Makefile'), 'all:\n\tgcc -c main.c\n');
    writeFileSync(join(root, 'main.c'), '#include "absent.h"\n');
    const missing = made(['-j2']);
    expect(missing.failure?.printed).toContain('absent.h');
    expect(missing.failure === null ? null : inOrder(missing, missing.failure)).toBe(null);
    writeFileSync(join(root, 'main.c'), 'int main(void) { return "x" }\n');
    const wrong = made(['-j2']);
    expect(wrong.failure === null ? null : inOrder(wrong, wrong.failure)).toBe(null);
    writeFileSync(join(root, 'Makefile'), 'all: absent.h\n');
    const alone = made(['-j1']);
    expect(alone.failure).not.toBe(null);
    expect(alone.failure === null ? null : inOrder(alone, alone.failure)).toBe(null);
  });
});
