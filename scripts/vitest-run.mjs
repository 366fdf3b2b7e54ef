/** Running vitest and reading what it reports. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT, run, say } from './run.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * Runs vitest with its usual output on stderr, and counts from its JSON report.
 * @param {string} name of the report, `.work/reports/NAME.json`
 * @param {readonly string[]} args
 * @param {{ program?: string, programArgs?: (args: string[]) => string[], env?: NodeJS.ProcessEnv }} [how]
 *   another way to start `node ARGS`, for another Node version
 * @returns {Counts}
 */
export function runVitest(name, args, how = {}) {
  const report = join(ROOT, '.work/reports', `${name}.json`);
  mkdirSync(join(ROOT, '.work/reports'), { recursive: true });
  rmSync(report, { force: true });
  const reporters = ['default', 'json', './scripts/time-reporter.mjs'].map((one) => `--reporter=${one}`);
  const command = [
    'node_modules/vitest/vitest.mjs',
    'run',
    ...reporters,
    `--outputFile.json=${report}`,
    ...args,
  ];
  const programArgs = how.programArgs?.(command) ?? command;
  const done = run(how.program ?? process.execPath, programArgs, { show: true, env: how.env });
  return countReport(report, done.code);
}

/** @param {string} report @param {number} exitCode of vitest @returns {Counts} */
function countReport(report, exitCode) {
  if (!existsSync(report)) {
    say(`vitest ended with ${exitCode} and wrote no report`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const json = JSON.parse(readFileSync(report, 'utf8'));
  // A file that cannot be loaded has no tests to count, and must not vanish from the sum.
  const broken = json.testResults.filter(
    (/** @type {any} */ file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  for (const file of broken) say(`FAILED to load ${file.name}`);
  const counts = {
    passed: json.numPassedTests,
    failed: json.numFailedTests + broken.length,
    skipped: json.numPendingTests + json.numTodoTests,
  };
  if (exitCode === 0 || counts.failed > 0) return counts;
  say(`vitest ended with ${exitCode} though no test failed: an unhandled error, or no test at all`);
  return { ...counts, failed: 1 };
}

/**
 * What failed in the last run of each report, a line each: of a long log only the end may be kept.
 * @returns {readonly string[]}
 */
export function failedTests() {
  const folder = join(ROOT, '.work/reports');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')).testResults ?? [])
    .flatMap((/** @type {any} */ file) =>
      file.assertionResults
        .filter((/** @type {any} */ test) => test.status === 'failed')
        .map((/** @type {any} */ test) => {
          const [reason = ''] = (test.failureMessages[0] ?? '').split('\n');
          return `${relative(ROOT, file.name)}: ${test.fullName}: ${reason}`;
        }),
    );
}

/** @param {readonly Counts[]} all @returns {Counts} */
export function sumCounts(all) {
  const zero = { passed: 0, failed: 0, skipped: 0 };
  return all.reduce(
    (sum, one) => ({
      passed: sum.passed + one.passed,
      failed: sum.failed + one.failed,
      skipped: sum.skipped + one.skipped,
    }),
    zero,
  );
}

/** The last line of `npm test` and of CI. @param {Counts} counts */
export function formatCounts(counts) {
  return `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
}
