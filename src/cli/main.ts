import { join } from 'node:path';
import { defaultCacheDirectory } from '../core/cache-directory.ts';
import { VERSION } from '../core/version.ts';
import { Chunks } from './chunks.ts';
import { codeCachePath } from './code-cache.ts';
import { isCommandName } from './command-names.ts';
import type { runProgram } from './program.ts';
import { hasUnwrittenOutput } from './standard-streams.ts';
import { printResult } from './terminal.ts';

/** The chunk of program.ts; its name holds a hash of all that it loads. Set by scripts/bundle-cli.mjs. */
declare const MORSEL_PROGRAM_CHUNK: string;

/**
 * The entry of the bundle. `--version` answers before anything is loaded (bar: 1.3 x `node -e 0`); everything else goes
 * through the program, whose commands load the library only when they run.
 */
async function main(argv: readonly string[]): Promise<void> {
  const first = argv[0];
  if (argv.length === 1 && (first === '--version' || first === '-V')) return printResult(VERSION);
  const cachePath = codeCachePath(defaultCacheDirectory(), isCommandName(first) ? first : 'help');
  const chunks = new Chunks(join(__dirname, 'cli'), cachePath, MORSEL_PROGRAM_CHUNK);
  const program = chunks.load(MORSEL_PROGRAM_CHUNK) as { runProgram: typeof runProgram };
  process.exitCode = await program.runProgram(argv);
  chunks.save();
  // All is done and written. Node would wait for what V8 still compiles in its threads, which takes up to 10 ms.
  if (!hasUnwrittenOutput()) process.exit();
}

void main(process.argv.slice(2));
