import { copyFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOXES } from '../../src/core/choices.ts';
import { CLI, morsel } from '../built-cli.ts';
import { type Act, inTerminal, type TerminalSession } from '../in-terminal.ts';
import { hasTool, requireTool } from '../reference-tools.ts';
import { CaseFolder } from './case-folder.ts';

/** `morsel run` in a terminal, as `docker run -it`: a shell with its jobs, in each sandbox. */
const place = new CaseFolder();
let image = '';

beforeAll(async () => {
  requireTool('python3');
  requireTool('busybox');
  place.next();
  const program = join(place.work, 'busybox');
  copyFileSync('/bin/busybox', program);
  image = join(place.output, 'image.tar');
  const built = await morsel(['build', program, '-o', image, '--no-prove', '-q'], {
    env: place.environment(),
  });
  expect(built.exitCode, built.stderr).toBe(0);
});
afterAll(() => place.remove());

function session(
  words: readonly string[],
  acts: readonly Act[],
  size: readonly [number, number] = [30, 100],
): Promise<TerminalSession> {
  const argv = [process.execPath, CLI, 'run', ...words];
  return inTerminal(argv, acts, { env: place.environment(), size });
}

/** A prompt; busybox asks the terminal where its cursor is, which has no answer here. */
const PROMPT = '/ $ ';
const typed = (line: string): Act => ({ after: PROMPT, type: `${line}\n` });

describe.each(SANDBOXES)('a shell in %s', (sandbox) => {
  it.skipIf(!hasTool(sandbox))('has a terminal of its own, of the caller’s size', async () => {
    const { screen, exitCode } = await session(
      ['-it', '--sandbox', sandbox, image, '--', 'sh'],
      [
        typed('stty size; tty; test -t 0 && test -t 1 && test -t 2 && echo all'),
        typed('echo by name > /dev/tty; echo again > /dev/stderr'),
        typed('exit 7'),
      ],
    );
    expect(screen).toContain('\n30 100\n/dev/console\nall\n');
    expect(screen).toContain('\nby name\nagain\n');
    expect(exitCode).toBe(7);
  });

  it.skipIf(!hasTool(sandbox))('stops, continues and ends its jobs by keys', async () => {
    const { screen, exitCode } = await session(
      ['--sandbox', sandbox, image, '--', 'sh'],
      [
        typed('sleep 100'),
        { waitMs: 1000, type: '\x1a' },
        typed('jobs'),
        typed('fg'),
        { waitMs: 1000, type: '\x03' },
        typed('echo ended with $?'),
        typed('exit'),
      ],
    );
    expect(screen).toMatch(/\[1\]\+ {2}Stopped +sleep 100/);
    expect(screen).toContain('\nended with 130\n');
    expect(screen).not.toContain('job control turned off');
    expect(exitCode).toBe(0);
  });

  it.skipIf(!hasTool(sandbox))('is told of another size', async () => {
    const script = 'trap "echo changed; stty size; exit" WINCH; echo ready; while true; do sleep 0.2; done';
    const { screen } = await session(
      ['--sandbox', sandbox, image, '--', 'sh', '-c', script],
      [{ after: 'ready', size: [40, 120] }],
    );
    expect(screen).toContain('changed\n40 120\n');
  });
});

describe('the end of a run', () => {
  it('is a second Ctrl-C where PID 1 does not listen, and says why', async () => {
    const { screen, exitCode } = await session(
      [image, '--', 'sleep', '100'],
      [
        { waitMs: 1500, type: '\x03' },
        { waitMs: 100, type: '\x03' },
      ],
    );
    expect(exitCode).toBe(137);
    expect(screen).toContain('as PID 1 the program gets no SIGINT');
  });

  it('is left to a program that listens', async () => {
    const script = 'trap "echo caught" INT; while true; do sleep 1; done';
    const { screen, exitCode } = await session(
      [image, '--', 'sh', '-c', script],
      [
        { waitMs: 1500, type: '\x03' },
        { waitMs: 100, type: '\x03' },
        { after: 'caught', waitMs: 0 },
        { waitMs: 1500, signal: 15 },
        { waitMs: 300, signal: 15 },
      ],
    );
    expect(screen).toContain('caught');
    expect(exitCode).toBe(137);
  });

  it('gives the terminal back as it was', async () => {
    const words = [process.execPath, CLI, 'run', image, '--', 'true'].join(' ');
    const argv = ['/bin/sh', '-c', `stty -g; ${words}; stty -g`];
    const { screen } = await inTerminal(argv, [], { env: place.environment() });
    const [before, after] = screen.trim().split('\n');
    expect(before).toMatch(/^[0-9a-f:]{20,}$/);
    expect(after).toBe(before);
  });
});

it('draws what a program draws, byte by byte', async () => {
  // Where the program turned it off, no LF becomes CR LF on its way.
  const argv = [
    process.execPath,
    CLI,
    'run',
    image,
    '--',
    'sh',
    '-c',
    'stty -opost; printf "a\\nb"; stty opost; printf "c\\n"',
  ];
  const { screen } = await inTerminal(
    ['/bin/sh', '-c', '"$@" | od -An -c', 'sh', '/usr/bin/script', '-qefc', quoted(argv), '/dev/null'],
    [],
    { env: place.environment() },
  );
  expect(screen.replaceAll(/\s+/g, ' ')).toContain('a \\n b c \\r \\n');
});

const quoted = (argv: readonly string[]): string => argv.map((word) => `'${word}'`).join(' ');

it('asks for no terminal where there is none', () => {
  expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  return expect(
    morsel(['run', '-it', image, '--', 'sh', '-c', 'test -t 0 || readlink /proc/self/fd/0'], {
      env: place.environment(),
    }),
  ).resolves.toMatchObject({ exitCode: 0 });
});
