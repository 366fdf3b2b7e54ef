/**
 * Threaded allocation: the image on musl, on musl with mimalloc and on glibc, the same program in the same sandbox, in turns of
 * one run. Prints each rate, its ratio to glibc's, and what each image has; exits with 1 when musl with mimalloc is slower.
 *
 *   node bench/allocator/allocator.mjs [THREADS] [PAIRS]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [threads = '4', pairs = '500000'] = process.argv.slice(2);
const ROUNDS = 5;
const CLI = join(import.meta.dirname, '../../dist/cli.cjs');
const SOURCE = join(import.meta.dirname, 'alloc.c');
const work = mkdtempSync(join(tmpdir(), 'morsel-bench-allocator-'));

/** @param {readonly string[]} args */
function morsel(args) {
  const { PATH, HOME } = process.env;
  const done = spawnSync(process.execPath, [CLI, ...args], { env: { PATH, HOME }, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`morsel ${args.join(' ')}:\n${done.stderr}`);
  return done;
}

/**
 * @typedef {{ name: string, image: string, bytes: number, best: number }} Measured
 * @param {string} name
 * @param {readonly string[]} args
 * @returns {Measured}
 */
function build(name, args) {
  const image = join(work, `${name}.tar`);
  const { stdout } = morsel(['build', SOURCE, '-o', image, '--no-prove', '--format', 'json', ...args]);
  return { name, image, bytes: JSON.parse(stdout).size.uncompressedBytes, best: 0 };
}

/** Million pairs a second, by the program's own clock: nothing of the sandbox is in it. @param {string} image */
function rate(image) {
  const { stderr } = morsel(['run', image, '--', threads, pairs]);
  return Number(/^([\d.]+) Mop\/s$/m.exec(stderr)?.[1]);
}

try {
  const musl = build('musl', ['--rung', 'static-musl']);
  const mimalloc = build('musl+mimalloc', ['--rung', 'static-musl', '--allocator', 'mimalloc']);
  const glibc = build('glibc', ['--rung', 'static-glibc']);
  const all = [musl, mimalloc, glibc];
  for (let round = 0; round < ROUNDS; round++)
    for (const one of all) one.best = Math.max(one.best, rate(one.image));
  for (const { name, bytes, best } of all)
    console.log(
      `${name.padEnd(14)} ${String(bytes).padStart(8)} B ${best.toFixed(1).padStart(8)} Mop/s  ${(best / glibc.best).toFixed(2)} x glibc`,
    );
  console.log(`mimalloc costs ${mimalloc.bytes - musl.bytes} bytes`);
  process.exitCode = mimalloc.best >= glibc.best ? 0 : 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
