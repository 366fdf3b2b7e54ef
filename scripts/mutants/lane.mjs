/**
 * One vitest that stays, in a copy of the tree: is told a mutant, runs the tests near it, and answers who saw it. A
 * process of its own, since a mutant may loop for ever or end the process that runs it.
 */
import { writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { createVitest } from 'vitest/node';
import { bundleCli } from '../bundle-cli.mjs';
import { runsBuiltCli } from './related-tests.mjs';

/**
 * @typedef {{ file: string, source: string, mutated: string, tests: readonly string[], limitMs: number }} Trial
 * @typedef {{ killers: readonly string[], left: number }} Verdict names of tests that fail with the mutant, and how many
 *   files of tests there was no time for
 */

/** Of each test file, what fails here without any mutant. @type {Map<string, ReadonlySet<string>>} */
const failingAnyway = new Map();
/** @type {ReadonlySet<string> | null} */
let expectedFailures = null;

const vitest = await createVitest(
  'test',
  {
    watch: false,
    project: ['unit', 'system', 'e2e'],
    reporters: [{ onTestCaseResult: stopAtFailure }],
    update: false,
  },
  { logLevel: 'silent' },
);
await vitest.globTestSpecifications();
process.on('message', (/** @type {Trial} */ trial) => void answer(trial));
process.on('disconnect', () => process.exit());
process.send?.({ killers: [], left: 0 });

/** @param {import('vitest/node').TestCase} test */
function stopAtFailure(test) {
  if (test.result().state !== 'failed' || expectedFailures === null) return;
  if (!expectedFailures.has(test.fullName)) void vitest.cancelCurrentRun('test-failure');
}

/**
 * File after file, nearest first: most mutants are seen by the first.
 * @param {Trial} trial
 */
async function answer({ file, source, mutated, tests, limitMs }) {
  const deadline = performance.now() + limitMs;
  /** @type {readonly string[]} */
  let killers = [];
  let left = tests.length;
  for (const test of tests) {
    if (killers.length > 0 || performance.now() > deadline) break;
    left -= 1;
    const anyway = failingAnyway.get(test) ?? new Set(await failuresIn(test, null));
    failingAnyway.set(test, anyway);
    write(resolve(file), mutated);
    const failures = await failuresIn(test, anyway);
    write(resolve(file), source);
    killers = failures.filter((name) => !anyway.has(name)).map((name) => `${test}: ${name}`);
  }
  process.send?.({ killers, left });
}

/** @param {string} path @param {string} text */
function write(path, text) {
  writeFileSync(path, text);
  vitest.invalidateFile(path);
}

/** @param {string} test @param {ReadonlySet<string> | null} expected null: all are wanted @returns {Promise<readonly string[]>} */
async function failuresIn(test, expected) {
  expectedFailures = expected;
  const cli = process.env['MORSEL_TEST_CLI'];
  // Built at the first of these, by the set-up of their project; from then on it is what is there now.
  if (cli !== undefined && runsBuiltCli(test)) await bundleCli(dirname(cli));
  const specifications = vitest.getModuleSpecifications(resolve(test));
  // It answers with the modules of earlier runs as well.
  const { testModules, unhandledErrors } = await vitest.rerunTestSpecifications(specifications);
  const modules = testModules.filter(({ moduleId }) => moduleId === resolve(test));
  const failed = modules.flatMap((module) => [...module.children.allTests('failed')]);
  if (failed.length > 0) return failed.map(({ fullName }) => fullName);
  if (modules.some((module) => module.errors().length > 0)) return ['does not load'];
  return unhandledErrors.length > 0 ? ['an unhandled error'] : [];
}
