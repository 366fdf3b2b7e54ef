/**
 * `npm run check`: what CI runs first, quickest first: types, lint with the import table, format, unused code, unit tests.
 * Every step runs even when one before it failed, so that one run shows everything.
 *
 *   npm run check [-- --static]     without the unit tests
 */
import { join } from 'node:path';
import { isMain, ROOT, run, say } from './run.mjs';
import { installNpmPackages } from './npm-packages.mjs';
import { formatCounts, runVitest, sumCounts } from './vitest-run.mjs';

const STEPS = [
  { name: 'types', bin: 'tsc', args: ['-p', '.'] },
  {
    name: 'lint',
    bin: 'oxlint',
    args: ['--type-aware', '--deny-warnings', '--report-unused-disable-directives'],
  },
  { name: 'format', bin: 'prettier', args: ['--check', '--log-level=warn', '.'] },
  { name: 'unused code and packages', bin: 'knip', args: ['--no-progress'] },
];

/** Each step counts as one test. @returns {import('./vitest-run.mjs').Counts[]} */
export function checkStatically() {
  return STEPS.map((step) => {
    const started = performance.now();
    const done = run(join(ROOT, 'node_modules/.bin', step.bin), step.args, { show: true });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    say(`check: ${step.name}: ${done.ok ? 'passed' : 'FAILED'} (${seconds} s)`);
    return { passed: done.ok ? 1 : 0, failed: done.ok ? 0 : 1, skipped: 0 };
  });
}

if (isMain(import.meta)) {
  installNpmPackages();
  const counts = checkStatically();
  if (!process.argv.includes('--static')) counts.push(runVitest('unit', ['--project', 'unit']));
  const sum = sumCounts(counts);
  process.stdout.write(`${formatCounts(sum)}\n`);
  process.exitCode = sum.failed === 0 ? 0 : 1;
}
