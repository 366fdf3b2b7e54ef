/**
 * `npm test`: sets the machine up, runs every test, and ends with `N passed, N failed, N skipped`.
 *
 *   npm test [-- vitest's arguments]      npm run test:all   the same with the long, whole-machine tests
 */
import { say } from './run.mjs';
import { setUp } from './setup.mjs';
import { formatCounts, runVitest } from './vitest-run.mjs';

const args = process.argv.slice(2).filter((arg) => arg !== '--all');
if (process.argv.includes('--all')) process.env['MORSEL_TEST_ALL'] = '1';

try {
  await setUp('test');
} catch (error) {
  say(`npm test: ${error instanceof Error ? error.message : String(error)}`);
  process.stdout.write(`${formatCounts({ passed: 0, failed: 1, skipped: 0 })}\n`);
  process.exit(1);
}
const counts = runVitest('test', args);
process.stdout.write(`${formatCounts(counts)}\n`);
process.exitCode = counts.failed === 0 ? 0 : 1;
