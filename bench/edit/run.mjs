/**
 * From an edit to an image, beside `docker build`: for C, Rust and Go, cold and after one edit.
 *
 *   eval "$(start-docker DIR)"        # a Docker engine of one's own; root
 *   node bench/edit/run.mjs DIR [--rounds N] [--cold N] [--only Go] [--ways morsel,cached] [--docker /usr/bin/docker]
 *
 * In each round the three are edited alike and built in another order. DIR keeps the toolchain's image and all caches.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { edit, makeProject, PROJECTS } from './projects.mjs';

/** @typedef {import('./projects.mjs').Project} Project */
/** @typedef {'morsel' | 'cached' | 'plain'} Way */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    cold: { type: 'string', default: '1' },
    only: { type: 'string' },
    ways: { type: 'string', default: 'morsel,cached,plain' },
    docker: { type: 'string', default: 'docker' },
  },
});
const folder = resolve(positionals[0] ?? '.work/edit');
const cli = resolve(import.meta.dirname, '../../dist/cli.cjs');
const TOOLCHAIN = 'morsel-bench-toolchain';
/** @type {readonly Way[]} */
const ALL_WAYS = ['morsel', 'cached', 'plain'];
const WAYS = ALL_WAYS.filter((way) => values.ways.split(',').includes(way));
const { NODE_EXTRA_CA_CERTS: _, ...environment } = process.env;

mkdirSync(folder, { recursive: true });
if (call(values.docker, ['image', 'inspect', TOOLCHAIN]).status !== 0)
  must(
    call(join(import.meta.dirname, 'make-toolchain.sh'), [
      join(folder, 'toolchain'),
      TOOLCHAIN,
      values.docker,
    ]),
  );

console.log(
  '| project | | morsel, proven | docker, cache mount | docker, plain | morsel : cache mount | : plain |',
);
console.log('|---|---|---|---|---|---|---|');
for (const project of PROJECTS.filter(({ name }) => (values.only ?? name) === name)) {
  const directory = join(folder, project.input);
  makeProject(project, directory);
  writeDockerfiles(project, directory);
  if (Number(values.cold) > 0)
    report(project, 'cold', measure(project, directory, Number(values.cold), true));
  else warm(project, directory);
  report(project, 'one edit', measure(project, directory, Number(values.rounds), false));
}

/**
 * Milliseconds of each way. @param {Project} project @param {string} directory @param {number} rounds @param {boolean} isCold
 * @returns {Record<Way, number[]>}
 */
function measure(project, directory, rounds, isCold) {
  /** @type {Record<Way, number[]>} */
  const times = { morsel: [], cached: [], plain: [] };
  for (let round = 0; round < rounds; round++) {
    edit(project, directory, Math.trunc(Math.random() * 1e6));
    for (const way of shuffled(WAYS)) {
      if (isCold) makeCold(way);
      const started = performance.now();
      if (way === 'morsel') buildWithMorsel(project, directory);
      else buildWithDocker(project, directory, way);
      times[way].push(performance.now() - started);
    }
  }
  return times;
}

/** @param {Project} project @param {string} directory */
function buildWithMorsel({ morsel, program }, directory) {
  const output = join(folder, `${program}.tar`);
  const args = ['build', directory, '-o', output, '--require-proof', '--format', 'json', ...morsel];
  const caches = { XDG_CACHE_HOME: join(folder, 'cache'), GOCACHE: join(folder, 'go-build') };
  const result = must(call(process.execPath, [cli, ...args], caches));
  if (JSON.parse(result.stdout).proof.status !== 'passed') throw new Error('not proven');
}

/** @param {Project} project @param {string} directory @param {'cached' | 'plain'} way */
function buildWithDocker({ program }, directory, way) {
  const file = join(folder, `${way}.Dockerfile`);
  const args = ['build', '-q', '--network', 'none', '-t', `bench-${program}:${way}`, '-f', file, directory];
  must(call(values.docker, args, { DOCKER_BUILDKIT: '1' }));
}

/** The two are told apart by their RUN line alone. @param {Project} project @param {string} directory */
function writeDockerfiles(project, directory) {
  writeFileSync(join(directory, '.dockerignore'), 'target\n*.tar\n');
  const env = Object.entries(project.env).map(([name, value]) => `ENV ${name}="${value}"\n`);
  for (const way of /** @type {const} */ (['cached', 'plain']))
    writeFileSync(
      join(folder, `${way}.Dockerfile`),
      `FROM ${TOOLCHAIN} AS build\n${env.join('')}WORKDIR /src\nCOPY . .\n${project[way]}\nFROM scratch\n` +
        `COPY --from=build /out/${project.program} /${project.program}\nUSER 65532:65532\nENTRYPOINT ["/${project.program}"]\n`,
    );
}

/** All have built it before. @param {Project} project @param {string} directory */
function warm(project, directory) {
  measure(project, directory, 1, false);
}

/** @param {Way} way */
function makeCold(way) {
  if (way === 'morsel')
    for (const name of ['cache', 'go-build']) rmSync(join(folder, name), { recursive: true, force: true });
  else must(call(values.docker, ['builder', 'prune', '-f', '--all']));
}

/** @param {Project} project @param {string} what @param {Record<Way, number[]>} times */
function report({ name }, what, times) {
  const morsel = median(times.morsel);
  const [cached, plain] = [median(times.cached), median(times.plain)];
  const seconds = [morsel, cached, plain].map(inSeconds).join(' | ');
  console.log(
    `| ${name} | ${what} | ${seconds} | ${pairRatio(times.morsel, times.cached)} | ${pairRatio(times.morsel, times.plain)} |`,
  );
}

/** @param {number} ms */
function inSeconds(ms) {
  return Number.isNaN(ms) ? '' : `${(ms / 1000).toFixed(2)} s`;
}

/** The median of the ratios round by round: a machine that others use drifts. @param {readonly number[]} ours @param {readonly number[]} theirs */
function pairRatio(ours, theirs) {
  const ratio = median(
    theirs.flatMap((time, round) => (ours[round] === undefined ? [] : ours[round] / time)),
  );
  return Number.isNaN(ratio) ? '' : ratio.toFixed(2);
}

/** @param {readonly number[]} numbers */
function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** @template T @param {readonly T[]} all */
function shuffled(all) {
  return all
    .map((one) => ({ one, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}

/** @param {string} program @param {readonly string[]} args @param {Record<string, string>} [env] */
function call(program, args, env = {}) {
  return spawnSync(program, args, { encoding: 'utf8', env: { ...environment, ...env }, maxBuffer: 1 << 28 });
}

/** @param {ReturnType<typeof call>} result */
function must(result) {
  if (result.status !== 0) throw new Error(`${result.error ?? result.stderr}`);
  return result;
}
