import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MorselEvent } from '../../core/events.ts';
import { screenOf } from '../../../test/terminal-screen.ts';
import { createProgress } from './progress.ts';
import { formatElapsed } from './format-size.ts';
import type { Text } from './text.ts';

const EVENTS: readonly MorselEvent[] = [
  { kind: 'project-detected', language: 'c', name: 'hello', detail: 'C file hello.c' },
  { kind: 'rung-started', rung: 'static-musl' },
  { kind: 'command-started', command: 'musl-gcc hello.c', purpose: 'compile' },
  { kind: 'command-output', stream: 'stderr', text: 'warning: unused\n' },
  { kind: 'command-finished', purpose: 'compile', exitCode: 0, elapsedMs: 120 },
  { kind: 'rung-built', rung: 'static-musl', compressedBytes: 3691, uncompressedBytes: 17_728, files: 1 },
  { kind: 'proof-started', rung: 'static-musl', sandbox: 'runc' },
  { kind: 'check-finished', check: 'greets', status: 'failed', detail: 'printed nothing' },
  { kind: 'rung-rejected', rung: 'static-musl', reason: 'its check fails' },
  { kind: 'proof-skipped', reason: '--no-prove was given' },
  { kind: 'finding', level: 'info', message: 'x' },
  { kind: 'written', path: '/out/hello.tar', sizeBytes: 20_000 },
];
let stderr = '';
let terminal = false;
vi.mock('./standard-streams.ts', () => ({
  writeOutput: (_descriptor: 2, text: Text) => void (stderr += text.shown),
}));
vi.mock('./terminal.ts', () => ({
  isLive: () => terminal,
  hasColor: () => false,
  pageColumns: () => null,
  terminalColumns: () => 80,
}));

beforeEach(() => {
  stderr = '';
  terminal = false;
});

function printed(flags: Parameters<typeof createProgress>[0]): string {
  const progress = createProgress(flags);
  for (const event of EVENTS) progress.onEvent(event);
  progress.stop();
  return stderr;
}

describe('createProgress', () => {
  it('prints what a reader of a log wants to know, one line each', () => {
    expect(printed({})).toBe(
      [
        'hello: C file hello.c',
        'static-musl: 17,728 B in 1 file (3,691 B compressed)',
        '  failed  greets: printed nothing',
        'static-musl: its check fails',
        'not proven: --no-prove was given',
        '',
      ].join('\n'),
    );
  });

  it('prints every command and its output when verbose', () => {
    const text = printed({ verbose: true });
    for (const line of [
      '  $ musl-gcc hello.c',
      '  | warning: unused',
      '  compile: exit 0 after 120 ms',
      '  wrote /out/hello.tar',
    ])
      expect(text).toContain(`${line}`);
  });

  it.each([{ quiet: true }, { format: 'json' }])('prints nothing with %o', (flags) => {
    expect(printed(flags)).toBe('');
  });

  it('shows at a terminal what runs at the moment, and clears it', () => {
    terminal = true;
    const text = printed({});
    expect(text).toContain('static-musl, 0 s: compile');
    expect(screenOf(text)).toEqual([
      'hello: C file hello.c',
      'static-musl: 17,728 B in 1 file (3,691 B compressed)',
      '  failed  greets: printed nothing',
      'static-musl: its check fails',
      'not proven: --no-prove was given',
      '',
    ]);
  });

  describe('of what takes long', () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());
    const after = (ms: number): void => void vi.advanceTimersByTime(ms);
    const started = { kind: 'command-started', command: 'cargo build', purpose: 'compile app' } as const;
    const crates = { kind: 'command-progress', purpose: 'compile app', unit: 'crates', total: 120 } as const;

    it('says a line every 30 s where no terminal is', () => {
      const progress = createProgress({});
      progress.onEvent({ kind: 'rung-started', rung: 'static-musl' });
      progress.onEvent(started);
      after(29_000);
      progress.onEvent({ ...crates, done: 45, current: 'serde' });
      expect(stderr).toBe('');
      after(61_500);
      progress.onEvent({ kind: 'command-finished', purpose: 'compile app', exitCode: 0, elapsedMs: 90_000 });
      after(120_000);
      progress.stop();
      expect(stderr).toBe(
        [30, 60, 90]
          .map((s) => `still compiling for static-musl: 45 of 120 crates, ${formatElapsed(s * 1000)}\n`)
          .join(''),
      );
    });

    it('says what is made once, and nothing of it where it is there already', () => {
      const once = { ...started, once: 'the Rust standard library for x' };
      for (const ms of [2_000, 5_000]) {
        stderr = '';
        const progress = createProgress({});
        progress.onEvent(once);
        after(ms);
        progress.stop();
        const said =
          '  the Rust standard library for x: made once on this machine, which takes minutes, and kept\n';
        expect(stderr).toBe(ms > 3_000 ? said : '');
      }
    });

    it('counts at a terminal, and goes on turning where nothing is told', () => {
      terminal = true;
      const progress = createProgress({});
      progress.onEvent({ kind: 'row-started', row: 'static-musl on scratch', number: 2, rows: 5 });
      progress.onEvent(started);
      progress.onEvent({ ...crates, done: 45, current: 'serde' });
      after(90_000);
      const place = 'static-musl on scratch (2 of 5)';
      expect(screenOf(stderr).at(-1)?.slice(2)).toBe(`${place}: 45 of 120 crates, 1 min 30 s: serde`);
      const before = stderr.length;
      after(1_000);
      expect(stderr.slice(before).split('\r')).toHaveLength(11);
      progress.stop();
      expect(screenOf(stderr)).toEqual(['static-musl on scratch (2 of 5)', '']);
      after(1_000);
      expect(screenOf(stderr)).toEqual(['static-musl on scratch (2 of 5)', '']);
    });

    it('is quiet where nothing goes on, and with --quiet always', () => {
      for (const flags of [{}, { quiet: true }]) {
        const progress = createProgress(flags);
        if (flags.quiet === true) progress.onEvent(started);
        after(100_000);
        progress.stop();
        expect(stderr).toBe('');
      }
    });
  });

  it('puts pieces of output together, up to the next event and the end', () => {
    const progress = createProgress({ verbose: true });
    const say = (text: string): void => progress.onEvent({ kind: 'command-output', stream: 'stderr', text });
    for (const piece of ['h.c', ':', '2\nx', '\u001B[3', '1my\u001B[0m\n', 'rest']) say(piece);
    progress.onEvent({ kind: 'rung-started', rung: 'closure' });
    say('end');
    progress.stop();
    expect(stderr).toBe('  | h.c:2\n  | xy\n  | rest\nclosure:\n  | end\n');
  });

  it('does not wait for a line that never ends', () => {
    const progress = createProgress({ verbose: true });
    for (let count = 0; count < 20; count++)
      progress.onEvent({ kind: 'command-output', stream: 'stderr', text: 'x'.repeat(1024) });
    expect(stderr).toMatch(/^ {2}\| x{16385,}\n$/);
  });
});
