import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Observation, readTrace } from '../../src/observe/index.ts';

/** What a run in a sandbox is traced with (`sandbox/drivers/trace-words.ts`). */
const TRACED =
  'trace=%file,%process,connect,sendto,sendmsg,getdents64,getdents,io_uring_setup,fchdir,unshare,sendmmsg';
const WORDS = ['-f', '--seccomp-bpf', '-y', '-qq', '-s', '4096', '-e', 'signal=none', '-e', TRACED];

export interface TraceOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A folder without links on the way to it, for real programs under the real strace. */
export class StraceLab {
  readonly dir = realpathSync(mkdtempSync(join(tmpdir(), 'morsel-strace-')));

  path(name: string): string {
    return join(this.dir, name);
  }

  compile(name: string, source: string, flags: readonly string[] = []): string {
    writeFileSync(this.path(`${name}.c`), source);
    const words = ['-w', '-o', this.path(name), this.path(`${name}.c`), ...flags];
    execFileSync('gcc', words, { stdio: ['ignore', 'ignore', 'pipe'] });
    return this.path(name);
  }

  /** What `argv`, whose first word is a whole path, is seen to ask for; and what it wrote. */
  async observe(
    argv: readonly [string, ...string[]],
    options: TraceOptions = {},
  ): Promise<{ readonly observation: Observation; readonly output: string }> {
    const { cwd = this.dir, env = { PATH: '/usr/bin:/bin', HOME: this.dir } } = options;
    const trace = this.path('trace');
    const output = execFileSync('strace', [...WORDS, '-o', trace, ...argv], { cwd, env, encoding: 'utf8' });
    return {
      observation: await readTrace(trace, { startPath: argv[0], workingDirectory: cwd }),
      output,
    };
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
