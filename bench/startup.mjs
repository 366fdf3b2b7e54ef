/**
 * How long the CLI takes to start, beside `node -e 0`, in one run: ratios hold on another machine, absolutes do not.
 * NODE_EXTRA_CA_CERTS costs every Node process tens of milliseconds where it is set, so it is taken away for both sides.
 *
 *   node bench/startup.mjs [ROUNDS]
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../scripts/run.mjs';

const CLI = join(ROOT, 'dist/cli.cjs');
const rounds = Number(process.argv[2] ?? 31);

/** The bar is the design's; a row without one is there to be watched. */
const ROWS = [
  { name: 'node -e 0', args: ['-e', '0'], bar: null },
  { name: 'morsel --version', args: [CLI, '--version'], bar: 1.3 },
  { name: 'morsel --help', args: [CLI, '--help'], bar: null },
  { name: 'morsel ldd /bin/ls', args: [CLI, 'ldd', '/bin/ls'], bar: 1.5 },
  { name: 'morsel inspect /bin/ls', args: [CLI, 'inspect', '/bin/ls'], bar: 1.5 },
];

const env = { ...process.env, NODE_EXTRA_CA_CERTS: undefined };

/** @param {readonly string[]} args @returns {number} milliseconds */
function startOnce(args) {
  const started = process.hrtime.bigint();
  const done = spawnSync(process.execPath, [...args], { env, stdio: 'ignore' });
  const elapsedMs = Number(process.hrtime.bigint() - started) / 1e6;
  if (done.status !== 0) throw new Error(`node ${args.join(' ')} ended with ${done.status ?? done.signal}`);
  return elapsedMs;
}

/** @template T @param {readonly T[]} list @returns {T[]} */
function shuffled(list) {
  return list
    .map((value) => ({ value, key: Math.random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value);
}

/** @param {readonly number[]} values @param {number} quantile 0 to 1 */
function quantileOf(values, quantile) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * quantile)] ?? Number.NaN;
}

const timesMs = new Map(ROWS.map((row) => [row.name, /** @type {number[]} */ ([])]));
for (const row of ROWS) startOnce(row.args); // the page cache is warm for everybody
for (let round = 0; round < rounds; round += 1) {
  for (const row of shuffled(ROWS)) timesMs.get(row.name)?.push(startOnce(row.args));
}

const floor = quantileOf(timesMs.get('node -e 0') ?? [], 0.5);
process.stdout.write(`Node ${process.version}, ${rounds} rounds, wall milliseconds\n\n`);
process.stdout.write('| command | minimum | median | x node -e 0 | bar |\n|---|---|---|---|---|\n');
for (const row of ROWS) {
  const times = timesMs.get(row.name) ?? [];
  const median = quantileOf(times, 0.5);
  const cells = [
    quantileOf(times, 0).toFixed(1),
    median.toFixed(1),
    (median / floor).toFixed(2),
    row.bar ?? '',
  ];
  process.stdout.write(`| ${row.name} | ${cells.join(' | ')} |\n`);
}
