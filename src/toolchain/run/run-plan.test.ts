import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Command } from '../../core/command.ts';
import type { MorselEvent } from '../../core/events.ts';
import type { CompilePlan } from '../plan.ts';
import { runCompilePlan } from './run-plan.ts';

let root: string;
let sources: string;
let work: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'morsel-run-'));
  sources = join(root, 'sources');
  work = join(root, 'work');
  mkdirSync(sources);
  writeFileSync(join(sources, 'input'), 'one');
});
afterEach(() => rmSync(root, { recursive: true }));

const sh = (script: string, over: Partial<Command> = {}): Command => ({
  program: '/bin/sh',
  args: ['-c', script],
  cwd: join(work, 'src'),
  purpose: 'build',
  ...over,
});

/** Counts its runs in `count`, and "builds" by copying a real program. */
const plan = (over: Partial<CompilePlan> = {}): CompilePlan => ({
  rung: 'closure',
  toolchain: 'test',
  workDirectory: work,
  cleanDirectories: [join(work, 'src')],
  prepare: [],
  commands: [sh('echo run >> count; cp /bin/true app')],
  files: [],
  copySources: { from: sources, to: join(work, 'src'), exclude: [] },
  configuration: null,
  ordinary: null,
  artifact: { kind: 'file', path: join(work, 'src/app'), others: [] },
  finish: [],
  fallback: null,
  trades: [],
  notes: [],
  experimental: null,
  ...over,
});

const runs = (): number => readFileSync(join(work, 'src/count'), 'utf8').split('\n').length - 1;

describe('prepare', () => {
  const prepare = (): Command[] => [sh('printf generated > made; echo prepare >> prepared')];
  const prepared = (): string => readFileSync(join(work, 'src/prepared'), 'utf8');

  it('runs once in a copy, before the commands, and again after a change of the sources or of itself', async () => {
    const own = plan({
      prepare: prepare(),
      commands: [sh('test "$(cat made)" = generated && cp /bin/true app')],
    });
    await runCompilePlan(own);
    await runCompilePlan(own);
    expect(prepared()).toBe('prepare\n');
    expect(readdirSync(sources)).toEqual(['input']);
    writeFileSync(join(sources, 'input'), 'another');
    await runCompilePlan(own);
    expect(prepared()).toBe('prepare\n');
    await runCompilePlan({ ...own, prepare: [...prepare(), sh('echo more >> prepared')] });
    expect(prepared()).toBe('prepare\nmore\n');
  });

  it('ends the compile in its own words where it fails, and is run again then', async () => {
    const failing = [sh('echo no such config >&2; exit 3', { purpose: 'prepare: x' })];
    for (let time = 0; time < 2; time++)
      await expect(runCompilePlan(plan({ prepare: failing }))).rejects.toMatchObject({
        code: 'COMPILE_FAILED',
        message: 'prepare: x failed with exit code 3: no such config',
      });
    expect(existsSync(join(work, 'src/app'))).toBe(false);
  });
});

describe('runCompilePlan', () => {
  it('builds in a copy and leaves the sources alone', async () => {
    const built = await runCompilePlan(plan());
    expect(built.programs[0].path).toBe(join(work, 'src/app'));
    expect(existsSync(join(sources, 'count'))).toBe(false);
  });

  it.each(['mkfifo stamp', 'ln -s /dev/zero stamp', 'mkdir -p stamp/x', 'truncate -s 1T stamp'])(
    'starts clean where a build leaves something else in the place of its stamp: %s',
    async (command) => {
      await runCompilePlan(plan());
      const { status } = spawnSync('sh', ['-c', `rm stamp; ${command}`], { cwd: work });
      expect(status).toBe(0);
      await runCompilePlan(plan());
      expect(runs()).toBe(1);
      await runCompilePlan(plan());
      expect(runs()).toBe(2);
    },
  );

  it('keeps the folder while nothing changes, and starts clean when a source or the plan does', async () => {
    await runCompilePlan(plan());
    await runCompilePlan(plan());
    expect(runs()).toBe(2);
    writeFileSync(join(sources, 'input'), 'changed');
    await runCompilePlan(plan());
    expect(runs()).toBe(1);
    await runCompilePlan(plan());
    await runCompilePlan(
      plan({ files: [{ path: join(work, 'x'), content: { kind: 'text', text: 'x', mode: 0o644 } }] }),
    );
    expect(runs()).toBe(1);
  });

  it('compiles nothing anew for another program of the same build, and finishes each', async () => {
    const commands = [sh('echo run >> count; for one in app ctl; do [ -e $one ] || cp /bin/true $one; done')];
    const finish = [{ kind: 'drop-section-headers' }] as const;
    await runCompilePlan(plan({ commands }));
    const { programs } = await runCompilePlan(
      plan({
        commands: commands.map((command) => ({ ...command, purpose: 'build ctl' })),
        artifact: { kind: 'file', path: join(work, 'src/ctl'), others: [join(work, 'src/app')] },
        finish,
      }),
    );
    expect(runs()).toBe(2);
    expect(programs.map(({ path }) => path)).toEqual([join(work, 'out/ctl'), join(work, 'out/app')]);
    for (const { path, unstrippedPath } of programs)
      expect(statSync(path).size).toBeLessThan(statSync(unstrippedPath).size);
  });

  it('says which of several programs is not what was meant', async () => {
    const commands = [sh('cp /bin/true app; cp /bin/true ctl')];
    const artifact = { kind: 'file', path: join(work, 'src/app'), others: [join(work, 'src/ctl')] } as const;
    await expect(runCompilePlan(plan({ commands, artifact, rung: 'static-glibc' }))).rejects.toThrowError(
      /^app: the linker made a file that asks for/,
    );
  });

  it('starts clean after a failure: half-written objects look finished to make', async () => {
    const failing = plan({ commands: [sh('echo run >> count; test -e ../ready && cp /bin/true app')] });
    await expect(runCompilePlan(failing)).rejects.toMatchObject({ code: 'COMPILE_FAILED' });
    writeFileSync(join(work, 'ready'), '');
    await runCompilePlan(failing);
    expect(runs()).toBe(1);
  });

  it('writes files and links, and keeps the time of a file whose text is the same', async () => {
    const files: CompilePlan['files'] = [
      { path: join(work, 'bin/cc'), content: { kind: 'text', text: '#!/bin/sh\n', mode: 0o755 } },
      { path: join(work, 'bin/gcc'), content: { kind: 'symlink', target: 'cc' } },
    ];
    await runCompilePlan(plan({ files }));
    const before = statSync(join(work, 'bin/gcc')).mtimeMs;
    expect(statSync(join(work, 'bin/cc')).mode & 0o111).toBe(0o111);
    await runCompilePlan(plan({ files }));
    expect(statSync(join(work, 'bin/gcc')).mtimeMs).toBe(before);
  });

  it('gives the commands a fixed SOURCE_DATE_EPOCH unless the user has one', async () => {
    const commands = [sh('printf %s "$SOURCE_DATE_EPOCH" > epoch; cp /bin/true app')];
    await runCompilePlan(plan({ commands }), { env: { PATH: '/usr/bin:/bin' } });
    expect(readFileSync(join(work, 'src/epoch'), 'utf8')).toBe('0');
    await runCompilePlan(plan({ commands }), { env: { PATH: '/usr/bin:/bin', SOURCE_DATE_EPOCH: '99' } });
    expect(readFileSync(join(work, 'src/epoch'), 'utf8')).toBe('99');
  });

  it('finishes a copy and leaves what the build made', async () => {
    const built = await runCompilePlan(plan({ finish: [{ kind: 'drop-section-headers' }] }));
    expect(built.programs[0].path).toBe(join(work, 'out/app'));
    expect(statSync(built.programs[0].path).size).toBeLessThan(
      statSync(built.programs[0].unstrippedPath).size,
    );
  });

  it('tries the fallback when a compiler fails, and tells', async () => {
    const events: MorselEvent[] = [];
    const fallback = plan({ toolchain: 'second', workDirectory: `${work}-2` });
    const first = plan({
      toolchain: 'first',
      commands: [sh('echo "a.c:1: error: unknown type name constexpr" >&2; exit 1')],
      fallback,
    });
    const built = await runCompilePlan(first, { onEvent: (event) => events.push(event) });
    expect(built.plan.toolchain).toBe('second');
    const finding = events.find((event) => event.kind === 'finding');
    expect(finding?.message).toMatch(/^first cannot build it .*constexpr.*; trying second$/);
  });

  it('does not try another compiler when a program is missing', async () => {
    const first = plan({ commands: [sh('flexx')], fallback: plan({ toolchain: 'second' }) });
    await expect(runCompilePlan(first)).rejects.toMatchObject({
      code: 'COMPILE_FAILED',
      hint: /wants the program flexx/,
    });
  });

  it('kills the build when it is told to stop', async () => {
    const stop = new AbortController();
    const running = runCompilePlan(plan({ commands: [sh('sleep 60')] }), {
      signal: stop.signal,
      onEvent: (event) => event.kind === 'command-started' && stop.abort(),
    });
    await expect(running).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(existsSync(join(work, 'lock'))).toBe(false);
  });

  it('leaves out a link that leads nowhere', async () => {
    symlinkSync('/nonexistent', join(sources, 'dangling'));
    await runCompilePlan(plan());
  });

  it.skipIf(process.getuid?.() === 0)('leaves out what cannot be read, and says so', async () => {
    chmodSync(join(sources, 'input'), 0);
    const events: MorselEvent[] = [];
    await runCompilePlan(plan(), { onEvent: (event) => events.push(event) });
    expect(events.find((event) => event.kind === 'finding')?.message).toMatch(/left out: input$/);
  });

  it('stops a command at the time limit, and takes no other compiler', async () => {
    const first = plan({
      commands: [sh('echo working >&2; sleep 60')],
      fallback: plan({ toolchain: 'second' }),
    });
    await expect(runCompilePlan(first, { timeoutMs: 1000 })).rejects.toMatchObject({
      code: 'COMPILE_FAILED',
      message: 'build was stopped: it ran longer than 1 seconds',
      hint: /--timeout SECONDS/,
      details: { output: 'working' },
    });
  });

  it('gives its commands a TMPDIR that goes with them, also when they fail', async () => {
    const commands = [sh('echo x > "$TMPDIR/cc1.s"; echo "$TMPDIR" > ../../tmpdir; exit 1')];
    await expect(runCompilePlan(plan({ commands }))).rejects.toMatchObject({ code: 'COMPILE_FAILED' });
    const folder = readFileSync(join(root, 'tmpdir'), 'utf8').trim();
    expect(folder.startsWith(`${work}/`)).toBe(true);
    expect(existsSync(folder)).toBe(false);
  });

  it('removes what a build before left in its TMPDIR when it was killed', async () => {
    mkdirSync(join(work, 'tmp'), { recursive: true });
    writeFileSync(join(work, 'tmp/cc0.s'), '');
    await runCompilePlan(plan({ commands: [sh('ls "$TMPDIR" > ../seen; cp /bin/true app')] }));
    expect(readFileSync(join(work, 'seen'), 'utf8')).toBe('');
  });

  it('calls a full disk of its commands by its name', async () => {
    const commands = [
      sh('echo "cc1: fatal error: error writing to a.s: No space left on device" >&2; exit 1'),
    ];
    await expect(runCompilePlan(plan({ commands, fallback: plan() }))).rejects.toMatchObject({
      code: 'DISK_FULL',
      hint: new RegExp(`free some space for ${work}`),
    });
  });
});
