import { VERSION } from '../core/version.ts';
import { enableCompileCache } from './compile-cache.ts';

/**
 * The entry of the bundle. `--version` answers before anything is loaded (bar: 1.3 x `node -e 0`); everything else goes
 * through the program, whose commands load the library only when they run.
 */
async function main(argv: readonly string[]): Promise<number> {
  const first = argv[0];
  if (argv.length === 1 && (first === '--version' || first === '-V')) {
    process.stdout.write(`${VERSION}\n`);
    return 0;
  }
  enableCompileCache();
  const { runProgram } = await import('./program.ts');
  return runProgram(argv);
}

// A reader that leaves early (`morsel … | head -1`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
