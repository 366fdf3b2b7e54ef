/**
 * Ready programs of Debian packages, each built with one real job as its only check; then the same job in the unpacked
 * image and on this machine, by bubblewrap and without any of morsel's code.
 *
 *   node bench/programs/run.mjs DIR [--only WORD] [--table FILE.md] [--report]      # as root
 *   node bench/programs/run.mjs --packages      # what is to be installed
 *
 * What is known of a program is kept in DIR/rows.json, one a program and job, and is not made again; `--only` makes those
 * anew whose program or package has the word. Exit 1 on a proof that is `passed` and a job that then fails.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { INPUTS_HERE, INPUTS_THERE, runInImage, runOnMachine, unpack } from './run-job.mjs';
import { tableOf } from './table.mjs';

/** @typedef {{ section: string, package: string, program: string, check: string, why: string }} Program */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    table: { type: 'string' },
    report: { type: 'boolean', default: false },
    packages: { type: 'boolean', default: false },
  },
});
const here = dirname(fileURLToPath(import.meta.url));
const folder = resolve(positionals[0] ?? '.work/programs');
const rowsFile = join(folder, 'rows.json');
mkdirSync(folder, { recursive: true });

/** @type {Program[]} */
const programs = JSON.parse(readFileSync(join(here, 'programs.json'), 'utf8'));
if (values.packages) {
  console.log([...new Set(programs.map((program) => program.package))].sort().join(' '));
  process.exit();
}
/** @type {Record<string, import('./table.mjs').Row>} */
const rows = existsSync(rowsFile) ? JSON.parse(readFileSync(rowsFile, 'utf8')) : {};

if (!values.report) {
  for (const program of programs) measureJob(program);
  for (const program of programs) measureStart(program);
}
const known = programs.flatMap((program) => rows[keyOf(program)] ?? []);
const text = tableOf(known);
if (values.table !== undefined) writeFileSync(values.table, text);
console.log(text);
process.exitCode = known.some(({ job }) => job.verdict === 'FALSE PASS') ? 1 : 0;

/** @param {Pick<Program, 'program' | 'check'>} program */
function keyOf({ program, check }) {
  return `${program} ${check}`;
}

/** @param {Program} program */
function measureJob(program) {
  const key = keyOf(program);
  const isAsked = values.only === undefined ? rows[key] === undefined : key.includes(values.only);
  if (!isAsked) return;
  if (!existsSync(program.program)) {
    console.error(`${program.program}: not here (apt-get install ${program.package})`);
    return;
  }
  const job = jobOf(program);
  keep({ ...program, job, bare: null });
  const others = job.otherFiles?.length ? ` FILES DIFFER: ${job.otherFiles.slice(0, 8).join(' ')}` : '';
  console.error(`${job.verdict.padEnd(10)} ${job.seconds} s  ${key}: ${job.detail}${others}`);
}

/** @param {Program} program */
function measureStart(program) {
  const row = rows[keyOf(program)];
  if (row === undefined || row.bare !== null) return;
  const bare = bareOf(program);
  keep({ ...row, bare });
  console.error(`start: ${bare.status}  ${program.program}: ${bare.detail}`);
}

/** @param {import('./table.mjs').Row} row */
function keep(row) {
  rows[keyOf(row)] = row;
  writeFileSync(rowsFile, JSON.stringify(rows, null, 1));
}

/**
 * The image of the job, and what it does by other means than morsel's.
 * @param {Program} program
 * @returns {import('./table.mjs').Row['job']}
 */
function jobOf({ program, check }) {
  const archive = join(folder, 'image.tar');
  const words = wordsOf(check);
  const started = performance.now();
  const built = build(program, archive, ['--check', check, ...inputsOf(check)]);
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  const machine = runOnMachine([program, ...words]);
  // Else two runs in one second agree on the time.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_100);
  const again = machine.code === 0 ? runOnMachine([program, ...words]) : machine;
  const seen = { seconds, machine: machine.code, ...built };
  if (machine.code !== 0)
    return { ...seen, verdict: 'no job', detail: `${built.detail}; here: ${machine.said}` };
  if (built.status !== 'passed') return { ...seen, verdict: 'lost' };
  const root = unpack(archive, join(folder, 'unpacked'));
  const image = runInImage(root, [program, ...words]);
  const isSame = image.code === 0 && sameText(image.stdout, machine.stdout, again.stdout);
  const detail = isSame ? built.detail : `image: ${image.code} ${image.said}; here: ${machine.said}`;
  const otherFiles = filesThatDiffer(image.written, machine.written, again.written);
  return { ...seen, verdict: isSame ? 'right' : 'FALSE PASS', detail, image: image.code, otherFiles };
}

/**
 * Files that two runs here write alike, and the image otherwise or not at all: for a human to look at, since an archive
 * has the times of its files in it.
 * @param {readonly string[]} image @param {readonly string[]} machine @param {readonly string[]} again
 */
function filesThatDiffer(image, machine, again) {
  const names = (/** @type {readonly string[]} */ files) =>
    files.map((file) => file.replace(/ [0-9a-f]{64}$/, ''));
  const stable = machine.filter((file) => again.includes(file) && !image.includes(file));
  const absent = names(machine).filter((name) => names(again).includes(name) && !names(image).includes(name));
  return [...new Set([...names(stable), ...absent])];
}

/** What two runs here do not agree on is not compared. @param {string} a @param {string} b @param {string} c */
function sameText(a, b, c) {
  if (a === b || a === c) return true;
  return b !== c && a.split('\n').length === b.split('\n').length;
}

/** What a job of the table reads and no package has. @param {string} check */
function inputsOf(check) {
  return check.includes(INPUTS_THERE) ? ['--add', `${INPUTS_HERE}:${INPUTS_THERE}`] : [];
}

/** The default check alone. @param {Program} program */
function bareOf({ program }) {
  const archive = join(folder, 'bare.tar');
  const built = build(program, archive, []);
  if (built.probe === null) return built;
  return { ...built, probeHere: runOnMachine([program, ...wordsOf(built.probe)]).code };
}

/** As a shell takes them apart: quotes and blanks, no expansion. @param {string} text */
function wordsOf(text) {
  const split = spawnSync(
    'python3',
    ['-I', '-c', 'import json, shlex, sys; print(json.dumps(shlex.split(sys.argv[1])))', text],
    { encoding: 'utf8' },
  );
  return JSON.parse(split.stdout);
}
