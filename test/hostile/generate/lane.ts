import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { takeCensus, censusChanges } from '../census.ts';
import { askFourQuestions, mebibytes, PEAK_LIMIT_BYTES } from '../four-questions.ts';
import { runKept } from '../kept-run.ts';
import { type Attempt, type CommandAttempt, INPUT, OUTPUT, type ReaderAttempt } from './attempts.ts';
import type { InputFiles } from './projects.ts';
import { startReader } from './reader.ts';

/** What a campaign has prepared for all its lanes. */
export interface Equipment {
  readonly keeper: string;
  /** Node and the CLI as this user starts it, and as another one can. */
  readonly cli: Readonly<Record<CommandAttempt['user'], readonly string[]>>;
  readonly worker: string;
  readonly secret: string;
  readonly ordinaryUid: number;
}

export interface Outcome {
  readonly problems: readonly string[];
  /** Exit codes or error codes, to see what the attempts reach. */
  readonly outcomes: readonly string[];
  readonly peakBytes: number;
}

/** One attempt after another in a folder of its own: `input`, `output`, `tmp`, `victim`, and a home for each user. */
export interface Lane {
  perform(attempt: Attempt): Promise<Outcome>;
  readonly victim: string;
  readonly input: string;
  close(): void;
}

/** Generous: an attempt that takes it has hung. */
const READ_LIMIT_MS = 60_000;
const COMMAND_LIMIT_MS = 180_000;

/** Of whoever started this, so that no compiler makes its own libraries anew; another user may not enter them. */
const COMPILER_CACHES = Object.fromEntries(
  ['ZIG_GLOBAL_CACHE_DIR', 'GOCACHE'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  }),
);

export function openLane(folder: string, equipment: Equipment): Lane {
  const at = (name: string): string => join(folder, name);
  const environment = {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: at('home-this'),
    TMPDIR: at('tmp'),
    NO_COLOR: '1',
    MORSEL_HOSTILE_SECRET: equipment.secret,
  };
  makeVictim(at('victim'), equipment.secret);
  // Never emptied: with an empty cache zig compiles its C library first, which takes a minute.
  for (const name of ['home-this', 'home-ordinary']) mkdirSync(at(name), { recursive: true });
  const reader = startReader({ worker: equipment.worker, env: environment, limitMs: READ_LIMIT_MS });
  const untouchable = [at('victim')];

  async function read(attempt: ReaderAttempt): Promise<Outcome> {
    const before = takeCensus(untouchable);
    const answer = await reader.read({
      reads: attempt.reads,
      path: join(at('input'), attempt.path),
      scratch: at('output'),
    });
    const strays = [...readdirSync(at('tmp'))];
    return {
      ...answer,
      problems: [
        ...answer.problems,
        ...(answer.peakBytes > PEAK_LIMIT_BYTES ? [`memory: ${mebibytes(answer.peakBytes)} MiB`] : []),
        ...strays.map((name) => `left: ${name} in TMPDIR`),
        ...censusChanges(before, takeCensus(untouchable)).map((change) => `changed: ${change}`),
      ],
    };
  }

  async function command(attempt: CommandAttempt): Promise<Outcome> {
    const before = takeCensus(untouchable);
    const words = attempt.argv.map((word) =>
      word.replaceAll(INPUT, at('input')).replaceAll(OUTPUT, at('output')),
    );
    const run = await runKept({
      keeper: equipment.keeper,
      argv: [...equipment.cli[attempt.user], ...words],
      cwd: at('output'),
      env: {
        ...environment,
        ...(attempt.user === 'this' ? COMPILER_CACHES : {}),
        HOME: at(`home-${attempt.user}`),
      },
      limitMs: COMMAND_LIMIT_MS,
      interrupt: attempt.interrupt,
      uid: attempt.user === 'ordinary' ? equipment.ordinaryUid : undefined,
    });
    const problems = askFourQuestions({
      command: words[0] ?? '',
      run,
      before,
      surroundings: { work: folder, temporary: at('tmp'), output: at('output'), untouchable },
      sent: attempt.interrupt?.signal,
    });
    const breaches = `${run.stdout}\n${run.stderr}`.match(/BREACH[ :][^\n]*/g) ?? [];
    const outcomes = [String(run.exitCode ?? `signal ${run.signal}`)];
    return { problems: [...problems, ...new Set(breaches)], outcomes, peakBytes: run.peakBytes };
  }

  return {
    victim: at('victim'),
    input: at('input'),
    close: () => reader.close(),
    async perform(attempt) {
      for (const name of ['input', 'output', 'tmp']) emptyFolder(at(name));
      writeFiles(at('input'), attempt.files);
      if (attempt.way === 'read') return read(attempt);
      if (attempt.user === 'ordinary') giveFolders(folder, equipment.ordinaryUid);
      return command(attempt);
    },
  };
}

/** Old times, so that whatever happens to it is seen. */
function makeVictim(victim: string, secret: string): void {
  mkdirSync(join(victim, 'leaf'), { recursive: true });
  for (const name of ['hosts', 'hostname', 'resolv.conf', 'secret'])
    writeFileSync(join(victim, name), `${secret}\n`);
  utimesSync(victim, 0, 0);
  chmodSync(victim, 0o777);
}

function writeFiles(folder: string, files: InputFiles): void {
  for (const [name, file] of files) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    if (Buffer.isBuffer(file)) writeFileSync(path, file, { mode: 0o755 });
    else if (file === 'directory') mkdirSync(path, { recursive: true });
    else if ('fifo' in file) execFileSync('mkfifo', [path]);
    else symlinkSync(file.link || '.', path); // no link is empty
  }
}

/** By `rm` and `chmod` where Node cannot: trees of attempts are deeper than its own walk can follow, and closed. */
function emptyFolder(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    const remove = 'rm -rf "$1" 2>/dev/null || { chmod -R u+rwX "$1"; rm -rf "$1"; }';
    execFileSync('sh', ['-c', remove, 'sh', path]);
  }
  mkdirSync(path, { recursive: true });
}

function giveFolders(folder: string, uid: number): void {
  for (const name of ['output', 'tmp', 'home-ordinary']) chownSync(join(folder, name), uid, uid);
}
