/**
 * Sources as people have them, each built with one job, with no configuration or with one line of it.
 *
 *   node bench/sources/run.mjs DIR [--only NAME]... [--ordinary] [--table FILE.md] [--report]
 *   node bench/sources/run.mjs --packages      # what the sources need to be installed
 *
 * What is known of a source is kept in DIR/rows.json and is not made again; `--only` makes those anew that it names.
 * `--ordinary` builds each by its own means instead, without morsel: a source that fails there is no loss.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { copyTree, fetchSource } from './fetch.mjs';
import { tableOf } from './table.mjs';

/** @typedef {import('./table.mjs').Source} Source */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', multiple: true },
    ordinary: { type: 'boolean', default: false },
    table: { type: 'string' },
    report: { type: 'boolean', default: false },
    packages: { type: 'boolean', default: false },
  },
});
const here = dirname(fileURLToPath(import.meta.url));
/** Files for jobs, and their place in images. */
const INPUTS = { here: join(here, 'inputs'), there: '/mnt/inputs' };
const folder = resolve(positionals[0] ?? '.work/sources');
const rowsFile = join(folder, 'rows.json');

/** @type {Source[]} */
const sources = JSON.parse(readFileSync(join(here, 'sources.json'), 'utf8'));
if (values.packages) {
  console.log([...new Set(sources.flatMap(({ needs }) => needs ?? []))].sort().join(' '));
  process.exit();
}
for (const each of ['src', 'work', 'out', 'state']) mkdirSync(join(folder, each), { recursive: true });
/** @type {Record<string, import('./table.mjs').Row>} */
const rows = existsSync(rowsFile) ? JSON.parse(readFileSync(rowsFile, 'utf8')) : {};

if (!values.report) for (const source of sources.filter(isAsked)) measure(source);
const text = tableOf(sources, rows);
if (values.table !== undefined) writeFileSync(values.table, text);
if (values.only === undefined) console.log(text);

/** @param {Source} source */
function isAsked({ name }) {
  if (values.only !== undefined) return values.only.includes(name);
  return rows[name]?.[values.ordinary ? 'ordinary' : 'morsel'] === undefined;
}

/** @param {Source} source */
function measure(source) {
  const pristine = join(folder, 'src', source.name);
  const work = join(folder, 'work', source.name);
  fetchSource(source.from, pristine, join(folder, 'state'));
  rmSync(work, { recursive: true, force: true });
  copyTree(pristine, work);
  const found = values.ordinary
    ? { ordinary: buildOrdinarily(source, work) }
    : { morsel: buildHere(source, work) };
  rmSync(work, { recursive: true, force: true });
  // Another run may have added its own meanwhile.
  const known = existsSync(rowsFile) ? JSON.parse(readFileSync(rowsFile, 'utf8')) : {};
  rows[source.name] = known[source.name] = { ...known[source.name], ...found };
  writeFileSync(rowsFile, JSON.stringify(known, null, 1));
  console.error(`${source.name}: ${JSON.stringify(found)}`);
}

/** @param {Source} source @param {string} work */
function buildOrdinarily({ ordinary }, work) {
  const started = performance.now();
  const made = spawnSync('timeout', ['600', 'sh', '-c', ordinary], {
    cwd: work,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  return {
    isBuilt: made.status === 0,
    seconds,
    words: made.status === 0 ? '' : made.stderr.trim().slice(-1500),
  };
}

/** @param {Source} source @param {string} work */
function buildHere(source, work) {
  const { name, at, line, add, check, checks } = source;
  const configuration = { ...line, ...(add && { add }), ...(checks && { checks }) };
  const path = at === undefined ? work : join(work, at);
  const beside = existsSync(path) && at !== undefined && at.endsWith('.c') ? dirname(path) : path;
  if (Object.keys(configuration).length > 0)
    writeFileSync(join(beside, 'morsel.json'), JSON.stringify(configuration));
  const asksForInputs = JSON.stringify([check, checks]).includes(INPUTS.there);
  const options = [
    ...(check === undefined ? [] : ['--check', check]),
    ...(asksForInputs ? ['--add', `${INPUTS.here}:${INPUTS.there}`] : []),
  ];
  return build(path, join(folder, 'out', `${name}.tar`), options, join(folder, 'cache'));
}
