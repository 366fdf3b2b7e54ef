/**
 * The closure of every dynamic program of a folder: morsel beside ldd, which runs the loader for each, and lddtree
 * (pax-utils), which reads as morsel does. CPU seconds of the whole run of each, in one run: the ratios hold elsewhere.
 *
 *   node bench/loader/closures.mjs [ROUNDS] [FOLDER...]
 */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from '../../scripts/run.mjs';

const rounds = Number(process.argv[2] ?? 3);
const folders = process.argv.length > 3 ? process.argv.slice(3) : ['/usr/bin', '/usr/sbin'];
const dir = mkdtempSync(join(tmpdir(), 'morsel-bench-'));
const program = join(dir, 'all-closures.mjs');
await build({
  entryPoints: [join(ROOT, 'bench/loader/all-closures.ts')],
  outfile: program,
  bundle: true,
  platform: 'node',
  format: 'esm',
  logLevel: 'error',
});

/** 64-bit little-endian ELF with a PT_INTERP: what ldd and the kernel take for a dynamic program. @param {string} path */
function isDynamic(path) {
  const bytes = Buffer.alloc(4096);
  const fd = openSync(path, 'r');
  const size = readSync(fd, bytes, 0, bytes.length, 0);
  closeSync(fd);
  if (size < 64 || bytes.readUInt32BE(0) !== 0x7f454c46 || bytes[4] !== 2 || bytes[5] !== 1) return false;
  const start = Number(bytes.readBigUInt64LE(32));
  for (let i = 0; i < bytes.readUInt16LE(56) && start + i * 56 + 4 <= size; i += 1) {
    if (bytes.readUInt32LE(start + i * 56) === 3) return true;
  }
  return false;
}

const files = folders
  .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
  .filter((path) => {
    try {
      return statSync(path).isFile() && isDynamic(path);
    } catch {
      return false;
    }
  });

/** User and system seconds of this process's finished children: fields 16 and 17 of proc(5), in ticks of 10 ms. */
function childSeconds() {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

// Debian's lddtree needs Debian's python3-pyelftools: another python3 in PATH would not have it.
const LDDTREE = { python: '/usr/bin/python3', path: '/usr/bin/lddtree' };

const env = { PATH: process.env.PATH, HOME: process.env.HOME, LC_ALL: 'C' };

/** @param {string} command @param {readonly string[]} args @param {string} [input] */
function measure(command, args, input = '') {
  const before = childSeconds();
  const started = process.hrtime.bigint();
  const done = spawnSync(command, [...args], { env, input, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (done.error !== undefined) throw done.error;
  if (done.status === null || (done.status !== 0 && done.stdout === '')) {
    throw new Error(`${command} ended with ${done.status ?? done.signal}: ${done.stderr.slice(0, 500)}`);
  }
  const wall = Number(process.hrtime.bigint() - started) / 1e9;
  return { cpu: childSeconds() - before, wall, output: done.stdout };
}

const rows = [
  { name: 'node -e 0', run: () => measure(process.execPath, ['-e', '0']), bar: null },
  { name: 'morsel', run: () => measure(process.execPath, [program], files.join('\n')), bar: null },
  { name: 'ldd', run: () => measure('ldd', files), bar: 1 / 5 },
  { name: 'lddtree -l', run: () => measure(LDDTREE.python, [LDDTREE.path, '-l', ...files]), bar: 1 / 20 },
];

/** @param {readonly number[]} values */
const median = (values) =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? Number.NaN;

const results = new Map(rows.map(({ name }) => [name, /** @type {{ cpu: number, wall: number }[]} */ ([])]));
for (let round = 0; round < rounds; round += 1) {
  for (const row of rows) {
    try {
      results.get(row.name)?.push(row.run());
    } catch (error) {
      process.stderr.write(
        `${row.name} was not measured: ${error instanceof Error ? error.message : String(error)}\n`,
      );
    }
  }
}
rmSync(dir, { recursive: true, force: true });

const own = median((results.get('morsel') ?? []).map(({ cpu }) => cpu));
process.stdout.write(
  `${files.length} dynamic programs of ${folders.join(', ')}, ${rounds} rounds, medians\n`,
);
for (const { name, bar } of rows) {
  const all = results.get(name) ?? [];
  if (all.length === 0) continue;
  const cpu = median(all.map((result) => result.cpu));
  const ratio = own / cpu;
  const verdict =
    bar === null
      ? ''
      : `  morsel is ${ratio.toFixed(3)} of it, bar ${bar.toFixed(3)}: ${ratio <= bar ? 'met' : 'MISSED'}`;
  process.stdout.write(
    `${name.padEnd(12)} ${cpu.toFixed(2).padStart(8)} s CPU ${median(all.map(({ wall }) => wall))
      .toFixed(2)
      .padStart(8)} s wall${verdict}\n`,
  );
}
