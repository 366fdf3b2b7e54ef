/**
 * `npm run mutants`: puts one small fault at a time into a copy of the sources and looks whether a test sees it. Ends with
 * 1 when one in the folders that answer for a proof goes unseen and is not among the reviewed ones.
 *
 *   npm run mutants -- [--sample N] [--seed S] [--limit SECONDS] [PATH...]     without --sample: all of them, for hours
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findMutants, mutate } from './mutants/find-mutants.mjs';
import { Lane } from './mutants/lane-process.mjs';
import { relatedTests, sourcesBelow } from './mutants/related-tests.mjs';
import { takeSample } from './mutants/take-sample.mjs';
import { ROOT, say } from './run.mjs';
import { installNpmPackages } from './npm-packages.mjs';

/** @typedef {import('./mutants/find-mutants.mjs').Mutant} Mutant */
/** @typedef {Mutant & import('./mutants/lane.mjs').Verdict} Judged */
/** @typedef {{ file: string, mutator: string, code: string, reason: string }} Explained */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    limit: { type: 'string', default: '300' },
  },
});

/** @type {{ answerable: readonly string[], tables: readonly string[] }} */
const scope = readJson('scripts/mutants/scope.json');
/** @type {readonly Explained[]} */
const explained = readJson('scripts/mutants/explained.json');
const isTable = new RegExp(`^(${scope.tables.join('|')})$`);

installNpmPackages();
/** As they are now: who works on them meanwhile must not move the mutants. */
const sources = new Map(
  sourcesBelow(ROOT, 'src')
    .filter(isMeant)
    .map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]),
);
const all = [...sources].flatMap(([file, source]) => findMutants(file, source));
const chosen = takeSample(all, Number(values.sample ?? all.length), Number(values.seed));
say(`mutants: ${chosen.length} of ${all.length}, seed ${values.seed}`);
const judged = await judgeAll(chosen);
process.exitCode = report(judged) ? 0 : 1;

/** @param {string} path */
function readJson(path) {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
}

/** @param {string} file */
function isMeant(file) {
  const asked = positionals.length === 0 || positionals.some((path) => isBelow(file, path));
  return asked && !file.endsWith('.test.ts') && !isTable.test(file);
}

/** @param {string} file @param {string} path */
function isBelow(file, path) {
  return `${file}/`.startsWith(`${path.replace(/\/$/, '')}/`);
}

/** @param {readonly Mutant[]} mutants */
async function judgeAll(mutants) {
  const testsOf = relatedTests(ROOT, ['src', 'test']);
  const pending = [...mutants].reverse();
  /** @type {Judged[]} */
  const done = [];
  const work = async () => {
    const lane = await Lane.open(ROOT);
    for (let mutant = pending.pop(); mutant !== undefined; mutant = pending.pop()) {
      const { file } = mutant;
      const source = sources.get(file) ?? '';
      const limitMs = Number(values.limit) * 1000;
      const trial = { file, source, mutated: mutate(mutant, source), tests: testsOf(file), limitMs };
      const judgement = { ...mutant, ...(await lane.judge(trial)) };
      done.push(judgement);
      say(`${done.length}/${mutants.length} ${formatMutant(mutant)}: ${formatVerdict(judgement)}`);
    }
    await lane.close();
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), mutants.length) }, work));
  return done;
}

/** @param {readonly Judged[]} results @returns {boolean} nothing is left to do */
function report(results) {
  const survivors = results.filter(({ killers }) => killers.length === 0);
  const reasonOf = (/** @type {Mutant} */ mutant) => explained.find((one) => isSame(one, mutant))?.reason;
  const isOpen = (/** @type {Mutant} */ mutant) =>
    reasonOf(mutant) === undefined && scope.answerable.some((folder) => isBelow(mutant.file, folder));
  for (const mutant of survivors) {
    const state = isOpen(mutant) ? 'OPEN' : (reasonOf(mutant) ?? 'not answered for');
    process.stdout.write(`${formatMutant(mutant)}\n    ${mutant.code}\n    ${state}\n`);
  }
  const open = survivors.filter(isOpen).length;
  const killed = results.length - survivors.length;
  process.stdout.write(`${killed} killed, ${survivors.length} survived, of which ${open} are open\n`);
  return open === 0;
}

/** @param {Explained} one @param {Mutant} mutant */
function isSame(one, { file, mutator, code }) {
  return one.file === file && one.mutator === mutator && one.code === code;
}

/** @param {Judged} judged */
function formatVerdict({ killers, left }) {
  return killers[0] ?? (left > 0 ? `UNDECIDED: no time for ${left} more files of tests` : 'SURVIVED');
}

/** @param {Mutant} mutant */
function formatMutant({ file, line, mutator, text }) {
  return `${file}:${line} ${mutator} ${JSON.stringify(text.slice(0, 60))}`;
}
