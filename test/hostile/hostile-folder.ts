import { chmodSync, existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { CLI, compilerCaches, copyCli, nodeForOthers } from '../built-cli.ts';
import { CaseFolder } from '../e2e/case-folder.ts';
import { compileStatic } from './compile-static.ts';
import { takeCensus } from './census.ts';
import { askFourQuestions } from './four-questions.ts';
import { compileKeeper } from './keeper-program.ts';
import { type KeptRun, type KeptRunOptions, runKept } from './kept-run.ts';

export type HostileRunOptions = Partial<Omit<KeptRunOptions, 'keeper' | 'argv'>> & {
  /** Default: what askFourQuestions finds must be nothing. */
  readonly mayLeave?: RegExp;
  /** A program that the CLI is started by: `unshare` with its flags. */
  readonly through?: readonly string[];
};

/** Long for any input, on a machine that others use as well: only what never ends reaches it. */
const HANG_MS = 180_000;
/** What a program in a sandbox may never see: in the environment and the keyring of its caller, and in a file. */
export const SECRET = 'only-this-machine-knows-it';

/** A case's folder, with a victim beside it that nothing may touch, and the CLI under the keeper's eyes. */
export class HostileFolder extends CaseFolder {
  readonly #keeper = compileKeeper(this.base);

  override next(): void {
    super.next();
    for (const folder of [join(this.victim, 'leaf'), join(this.base, 'home')])
      mkdirSync(folder, { recursive: true });
    for (const name of ['hosts', 'hostname', 'resolv.conf', 'secret'])
      writeFileSync(join(this.victim, name), `${SECRET}\n`);
    utimesSync(this.victim, 0, 0);
    // A program of any user has to be able to reach it, were it not for the sandbox.
    for (const folder of [this.base, this.work, this.victim]) chmodSync(folder, 0o755);
    chmodSync(this.victim, 0o777);
  }

  get victim(): string {
    return join(this.work, 'victim');
  }

  override environment(): Record<string, string> {
    const HOME = join(this.base, 'home');
    return { ...super.environment(), HOME, NO_COLOR: '1', MORSEL_HOSTILE_SECRET: SECRET };
  }

  /** Runs the CLI; the four questions are asked each time. */
  async morsel(args: readonly string[], options: HostileRunOptions = {}): Promise<KeptRun> {
    const { mayLeave, through = [], ...rest } = options;
    const cli = options.uid === undefined ? [process.execPath, CLI] : this.#forOthers();
    const before = takeCensus([this.victim]);
    const run = await runKept({
      keeper: this.#keeper,
      argv: [...through, ...cli, ...args],
      cwd: this.output,
      env:
        options.uid === undefined
          ? this.environment()
          : { ...this.#environmentOfOthers(), HOME: join(this.work, 'home') },
      limitMs: HANG_MS,
      ...rest,
    });
    const problems = askFourQuestions({
      command: args[0] ?? '',
      run,
      before,
      surroundings: {
        work: this.work,
        temporary: this.temporary,
        output: this.output,
        untouchable: [this.victim],
      },
      sent: options.interrupt?.signal,
    });
    const said = `morsel ${args.join(' ').slice(0, 300)}\n${run.stdout.slice(0, 2000)}${run.stderr.slice(0, 2000)}`;
    expect(
      problems.filter((problem) => mayLeave?.test(problem) !== true),
      said,
    ).toEqual([]);
    return run;
  }

  /** The compilers' caches are in a checkout that only its owner may enter. */
  #environmentOfOthers(): Record<string, string> {
    const shared = Object.keys(compilerCaches());
    return Object.fromEntries(Object.entries(this.environment()).filter(([name]) => !shared.includes(name)));
  }

  /** Node and the CLI where another user may read them, and folders that this one may write into. */
  #forOthers(): readonly string[] {
    for (const folder of [this.output, this.temporary, join(this.work, 'home')]) chmodSync(folder, 0o777);
    return [
      nodeForOthers(this.base),
      existsSync(join(this.base, 'cli.cjs')) ? join(this.base, 'cli.cjs') : copyCli(this.base),
    ];
  }

  program(source: string, name = 'app'): string {
    return compileStatic(source, join(this.work, name));
  }
}
