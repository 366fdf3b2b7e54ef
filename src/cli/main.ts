import { join } from 'node:path';
import { EXIT } from '../core/exit-codes.ts';
import { VERSION } from '../core/version.ts';
import { Chunks } from './start/chunks.ts';
import { codeCachePath, readCodeCache } from './start/code-cache.ts';
import { isCommandName } from './start/command-names.ts';
import type * as CommandLine from './command-line.ts';
import { reportFailure } from './text/failure.ts';
import { printResult } from './text/print.ts';
import { text } from './text/text.ts';

/** The chunk of command-line.ts; its name holds a hash of all that it loads. Set by scripts/bundle-cli.mjs. */
declare const MORSEL_COMMAND_LINE_CHUNK: string;

/**
 * The entry of the bundle. `--version` answers before anything is loaded (bar: 1.3 x `node -e 0`); everything else goes
 * through the program, whose commands load the library only when they run.
 */
async function main(argv: readonly string[]): Promise<void> {
  const first = argv[0];
  if (argv.length === 1 && (first === '--version' || first === '-V')) return printResult(text`${VERSION}`);
  const cachePath = codeCachePath(isCommandName(first) ? first : 'help');
  const chunks = new Chunks(join(__dirname, 'cli'), readCodeCache(cachePath, MORSEL_COMMAND_LINE_CHUNK));
  const commandLine = chunks.load(MORSEL_COMMAND_LINE_CHUNK) as typeof CommandLine;
  const exitCode = await commandLine.runProgram(argv);
  process.exitCode = exitCode;
  // After a failure as well: who mends an error waits for the next one.
  const compiled = chunks.compiled();
  if (compiled !== null) await commandLine.writeCodeCache(cachePath, MORSEL_COMMAND_LINE_CHUNK, compiled);
  // Some part may still be cleaning up then: the process ends when that is done.
  if (exitCode !== EXIT.done) return;
  // All is done and written. Node would wait for what V8 still compiles in its threads, which takes up to 10 ms.
  if (!commandLine.hasUnwrittenOutput()) process.exit();
}

function fail(error: unknown): void {
  process.exitCode = reportFailure(error, undefined);
}

// Node would print the words of the error as they are, and end with 1, which is an answer.
process.on('uncaughtException', (error) => {
  fail(error);
  process.exit();
});
main(process.argv.slice(2)).catch(fail);
