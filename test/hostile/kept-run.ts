import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { TailBuffer } from '../../src/core/tail-buffer.ts';
import { HeadBuffer } from '../../src/sandbox/container/head-buffer.ts';

/** What the keeper (keeper-program.ts) saw of one command. */
export interface KeptRun {
  /** null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly pid: number;
  /** The command's own high-water mark, without its children. */
  readonly peakBytes: number;
  /** What its children (compilers, the program itself) held at once, at most. */
  readonly childrenBytes: number;
  readonly timedOut: boolean;
  readonly elapsedMs: number;
  /** Processes that outlived it. */
  readonly left: readonly string[];
  /** Was the key of the caller's session keyring read-only, to all that ran? null: this machine gives no keys. */
  readonly keysAreSame: boolean | null;
}

export interface KeptRunOptions {
  readonly keeper: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly limitMs: number;
  /** Sent to the command alone. */
  readonly interrupt?: { readonly signal: number; readonly afterMs: number } | undefined;
  readonly stdin?: string | undefined;
  /** A file or device instead of a pipe that is read. */
  readonly stdoutFd?: number | undefined;
  readonly uid?: number | undefined;
}

/** Of the start and of the end of each stream; a program that prints without end must not fill the test. */
const KEPT_OUTPUT_BYTES = 1024 * 1024;

export async function runKept(options: KeptRunOptions): Promise<KeptRun> {
  const { keeper, argv, cwd, env, limitMs, interrupt, uid } = options;
  const signal = interrupt ?? { signal: 0, afterMs: 0 };
  const child = spawn(keeper, [String(limitMs), String(signal.signal), String(signal.afterMs), ...argv], {
    cwd,
    env,
    uid,
    gid: uid,
    stdio: ['pipe', options.stdoutFd ?? 'pipe', 'pipe', 'pipe'],
  });
  child.stdin?.on('error', () => {}); // it may leave before it has read its input
  child.stdin?.end(options.stdin ?? '');
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve());
  });
  const report = child.stdio[3] as Readable;
  const texts = Promise.all([endsOf(child.stdout), endsOf(child.stderr), endsOf(report)]);
  await ended;
  const [stdout, stderr, lines] = await texts;
  return { stdout, stderr, ...parseReport(lines) };
}

/** The start and the end: what a program says after it has printed without end must be seen as well. */
async function endsOf(stream: Readable | null): Promise<string> {
  const head = new HeadBuffer(KEPT_OUTPUT_BYTES);
  const tail = new TailBuffer(KEPT_OUTPUT_BYTES);
  for await (const chunk of stream ?? createReadStream('/dev/null')) {
    head.push(chunk as Buffer);
    tail.push(chunk as Buffer);
  }
  const start = head.bytes().toString('utf8');
  return head.droppedBytes === 0 ? start : `${start}\n${tail.text()}`;
}

function parseReport(text: string): Omit<KeptRun, 'stdout' | 'stderr'> {
  const number = (name: string): number => {
    const found = new RegExp(`^${name} (-?\\d+)$`, 'm').exec(text)?.[1];
    if (found === undefined) throw new Error(`the keeper ended without saying ${name}:\n${text}`);
    return Number(found);
  };
  const signal = number('signal');
  return {
    exitCode: signal === 0 ? number('exit') : null,
    signal,
    pid: number('pid'),
    peakBytes: number('peak') * 1024,
    childrenBytes: number('children') * 1024,
    timedOut: number('late') === 1,
    elapsedMs: number('took'),
    left: [...text.matchAll(/^left (.*)$/gm)].map((match) => match[1] ?? ''),
    keysAreSame: text.includes('keys none') ? null : text.includes('keys same'),
  };
}
