import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOXES } from '../../src/core/choices.ts';
import { CLI } from '../built-cli.ts';
import { compileProgram } from '../contract/sandbox-program.ts';
import { hasTool } from '../reference-tools.ts';
import { CaseFolder } from './case-folder.ts';

/** The caller's own streams: what the program may do with them is to read the one and write the others. */
const place = new CaseFolder();
let image = '';
beforeAll(() => {
  place.next();
  const program = compileProgram(place.work);
  chmodSync(program, 0o755);
  image = join(place.output, 'image.tar');
  const built = spawnSync(process.execPath, [CLI, 'build', program, '-o', image, '--no-prove', '-q'], {
    env: place.environment(),
    encoding: 'utf8',
  });
  expect(built.status, built.stderr).toBe(0);
});
afterAll(() => place.remove());

interface Streams {
  readonly input: string;
  readonly log: string;
  readonly status: number | null;
}

/** With stdin from a file, and stdout to the end of another. */
function runWithFiles(sandbox: string, args: readonly string[]): Streams {
  const input = place.write('input', 'the input\n', 0o600);
  const log = place.write('log', 'an older line\n', 0o600);
  const streams = [openSync(input, 'r'), openSync(log, 'a')];
  const done = spawnSync(process.execPath, [CLI, 'run', '--sandbox', sandbox, image, '--', ...args], {
    env: place.environment(),
    stdio: [...streams, 'pipe'],
  });
  streams.forEach((fd) => closeSync(fd));
  return { input: readFileSync(input, 'utf8'), log: readFileSync(log, 'utf8'), status: done.status };
}

describe.each(SANDBOXES)('morsel run in %s', (sandbox) => {
  it.skipIf(!hasTool(sandbox))('reads a file, and adds to the end of another, whole', () => {
    expect(runWithFiles(sandbox, ['stdin'])).toEqual({
      input: 'the input\n',
      log: 'an older line\nthe input\n',
      status: 0,
    });
    expect(runWithFiles(sandbox, ['print', '300000']).log).toBe(`an older line\n${'x'.repeat(300_000)}`);
  });

  it.skipIf(!hasTool(sandbox))('lets no program open these files anew', () => {
    for (const path of ['/proc/self/fd/0', '/proc/self/fd/1']) {
      // What it may open is the pipe between, which goes on to their ends.
      const { input, log } = runWithFiles(sandbox, ['write', path]);
      expect(input).toBe('the input\n');
      expect(log.startsWith('an older line\n')).toBe(true);
    }
  });
});

describe.each(SANDBOXES)('/dev/null in %s', (sandbox) => {
  // Programs ask: with a pipe, many read their input from it and do something else than without one.
  it.skipIf(!hasTool(sandbox))('as stdin and stderr is handed on as it is, and no pipe', () => {
    const done = spawnSync(process.execPath, [CLI, 'run', '--sandbox', sandbox, image, '--', 'streams'], {
      env: place.environment(),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const nullDevice = 'device 103'; // 1:3, Documentation/admin-guide/devices.txt
    expect(done.stdout.split('\n')).toEqual([
      nullDevice,
      expect.stringMatching(/^(pipe|other) 0$/),
      nullDevice,
      '',
    ]);
    expect(done.status).toBe(0);
  });
});

describe('TERM', () => {
  /** A terminal made by script(1), which ends its lines with CR LF. */
  const inTerminal = (...more: readonly string[]): string => {
    const words = [process.execPath, CLI, 'run', image, ...more, '--', 'env'].map((word) => `'${word}'`);
    const done = spawnSync('script', ['-qec', words.join(' '), '/dev/null'], {
      env: place.environment(),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return done.stdout.replaceAll('\r', '');
  };

  it.skipIf(!hasTool('script'))(
    'is xterm in a terminal, as with docker run -t, and what was asked for',
    () => {
      expect(inTerminal()).toMatch(/TERM=xterm$/m);
      expect(inTerminal('--env', 'TERM=vt100')).toMatch(/TERM=vt100$/m);
    },
  );

  it('is none without', () => {
    const done = spawnSync(process.execPath, [CLI, 'run', image, '--', 'env'], {
      env: place.environment(),
      encoding: 'utf8',
    });
    expect(done.stdout).toMatch(/^PATH=/m);
    expect(done.stdout).not.toContain('TERM=');
  });
});
