/**
 * What `.ci/run` does: set-up, the static checks, the README's `npm test`, end-to-end tests again on Node 24, and the
 * README's `npm run demo` in an empty environment. Every step runs even when one before it failed; the last line sums up.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkStatically } from './check.mjs';
import { ROOT, run, say } from './run.mjs';
import { setUp } from './setup.mjs';
import { failedTests, formatCounts, runVitest, sumCounts } from './vitest-run.mjs';

/** @typedef {import('./vitest-run.mjs').Counts} Counts */

const PASSED = { passed: 1, failed: 0, skipped: 0 };
const FAILED = { passed: 0, failed: 1, skipped: 0 };
const STEP_LIMIT_MS = 60 * 60 * 1000;

const STEPS = [
  { name: 'set-up', perform: setUpMachine },
  { name: 'static checks', perform: () => sumCounts(checkStatically()) },
  { name: 'npm test', perform: runNpmTest },
  { name: 'end-to-end tests on Node 24', perform: runOnNode24 },
  { name: 'npm run demo, in an empty environment', perform: runDemo },
  ...(process.env['MORSEL_CI_LONG'] === '1' ? [{ name: 'a sample of mutants', perform: runMutants }] : []),
];

async function setUpMachine() {
  await setUp('test');
  return PASSED;
}

/** The very command that the README names. @returns {Counts} */
function runNpmTest() {
  const done = spawnSync('npm', ['test', '--silent'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 2],
    encoding: 'utf8',
    timeout: STEP_LIMIT_MS,
  });
  const found = /(\d+) passed, (\d+) failed, (\d+) skipped\s*$/.exec(done.stdout ?? '');
  if (found === null) {
    say(`npm test ended with ${done.status ?? done.signal} and without its closing line:\n${done.stdout}`);
    return FAILED;
  }
  const counts = { passed: Number(found[1]), failed: Number(found[2]), skipped: Number(found[3]) };
  return done.status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/**
 * Where Node itself is at work: its processes, signals, streams, files, zlib and code cache, and npm. What compilers,
 * engines and sandboxes do is the same on every Node, and digest.test.ts compares all of them by itself.
 */
const ON_EVERY_NODE = [
  'test/commands/',
  'test/e2e/bad-input.test.ts',
  'test/e2e/build-processes.test.ts',
  'test/e2e/code-cache.test.ts',
  'test/e2e/disk-full.test.ts',
  'test/e2e/interrupt.test.ts',
  'test/e2e/package.test.ts',
  'test/e2e/run-streams.test.ts',
  'test/reproducible/image-bytes.test.ts',
];

/** `engines` promises Node 24 too; npm brings it without touching the machine's own. @returns {Counts} */
function runOnNode24() {
  return runVitest('e2e-node24', ['--project', 'e2e', ...ON_EVERY_NODE], {
    program: 'npm',
    programArgs: (args) => ['exec', '--yes', '--package=node@24', '-c', ['node', ...args].join(' ')],
  });
}

/** With an empty environment, which hides nothing that a user's machine would lack. @returns {Counts} */
function runDemo() {
  const home = mkdtempSync(join(tmpdir(), 'morsel-ci-home-'));
  const env = { HOME: home, PATH: process.env['PATH'], ...madeOnce(home) };
  const done = run('npm', ['run', '--silent', 'demo'], { env, show: true, timeoutMs: STEP_LIMIT_MS });
  // Go keeps its module cache read-only.
  run('chmod', ['-R', 'u+w', home]);
  rmSync(home, { recursive: true, force: true });
  return done.ok ? PASSED : FAILED;
}

/**
 * The compilers' own libraries, which the tests before have had made: a third of the time of all, and no part of what is
 * shown. The examples themselves are compiled anew.
 * @param {string} home
 */
function madeOnce(home) {
  const own = join(homedir(), '.cache');
  const shared = join(own, 'morsel/shared');
  mkdirSync(shared, { recursive: true });
  mkdirSync(join(home, '.cache/morsel'), { recursive: true });
  symlinkSync(shared, join(home, '.cache/morsel/shared'));
  return {
    ZIG_GLOBAL_CACHE_DIR: join(own, 'zig'),
    GOCACHE: join(own, 'go-build'),
    // Its path is among the flags that Rust's standard library is compiled with.
    CARGO_HOME: process.env['CARGO_HOME'] ?? join(homedir(), '.cargo'),
  };
}

/** Of the longer job (MORSEL_CI_LONG=1): another sample each day, the same all day. @returns {Counts} */
function runMutants() {
  const seed = String(Math.floor(Date.now() / 86_400_000));
  const args = ['run', '--silent', 'mutants', '--', '--sample', '30', '--limit', '600', '--seed', seed];
  return run('npm', args, { show: true, timeoutMs: 6 * STEP_LIMIT_MS }).ok ? PASSED : FAILED;
}

/** @type {Counts[]} */
const results = [];
for (const step of STEPS) {
  say(`\nci: ${step.name}`);
  const started = performance.now();
  try {
    results.push(await step.perform());
  } catch (error) {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    results.push(FAILED);
  }
  say(
    `ci: ${step.name}: ${formatCounts(sumCounts(results.slice(-1)))} (${Math.round((performance.now() - started) / 1000)} s)`,
  );
}

say('');
STEPS.forEach((step, index) =>
  say(`ci: ${step.name}: ${formatCounts(sumCounts(results.slice(index, index + 1)))}`),
);
for (const line of failedTests()) say(`ci: failed: ${line}`);
const sum = sumCounts(results);
process.stdout.write(`${formatCounts(sum)}\n`);
process.exitCode = sum.failed === 0 ? 0 : 1;
