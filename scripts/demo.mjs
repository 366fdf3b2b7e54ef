/**
 * `npm run demo`: sets the machine up, builds and proves the image of every project in examples/ with the CLI that users
 * get, and prints one table. Not 0 when one of them fails.
 *
 *   npm run demo [-- NAME...]
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT, say } from './run.mjs';
import { setUp } from './setup.mjs';
import { BY_NAME_ALONE } from './example-names.mjs';

/** What the articles that morsel starts from report for such a program: bytes of the image, uncompressed. */
const ARTICLES = new Map([
  ['c-hello', '26 kB'],
  ['cpp-hello', '2.18 MB'],
  ['rust-hello', '416 kB'],
  ['go-hello', '1.5 MB'],
  ['rust-web', '4.49 MB'],
]);

const BUILD_LIMIT_MS = 15 * 60 * 1000;

const TITLES = [
  'example',
  'rung',
  'libc',
  'compressed',
  'uncompressed',
  'files',
  'limit',
  'articles',
  'proof',
];
const RIGHT_ALIGNED = new Set(['compressed', 'uncompressed', 'files', 'limit', 'articles']);

/** @param {readonly string[]} wanted */
function listExamples(wanted) {
  const folder = join(ROOT, 'examples');
  const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'morsel.json')));
  const unknown = wanted.filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new Error(`no such example: ${unknown.join(', ')} (there are: ${names.join(', ')})`);
  return names
    .filter((name) => (wanted.length === 0 ? !BY_NAME_ALONE.has(name) : wanted.includes(name)))
    .sort();
}

/** What the CLI says of a compile that takes long: each 30 s how far it is, and what is made once. */
const NEWS = /^(?:still |  .*: made once )/;

/** @param {string} name @returns {Promise<{ row: string[], ok: boolean }>} */
async function buildExample(name) {
  const directory = join(ROOT, 'examples', name);
  const archive = join(ROOT, '.work/demo', `${name}.tar`);
  const args = [
    join(ROOT, 'dist/cli.cjs'),
    'build',
    directory,
    '-t',
    `demo/${name}`,
    '-o',
    archive,
    '--format',
    'json',
    '--verbose',
  ];
  const started = performance.now();
  say(`demo: ${name} …`);
  const done = await follow(args, (line) => {
    if (NEWS.test(line)) say(`demo: ${name}: ${line.trim()}`);
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (!done.ok) {
    say(
      `demo: ${name}: FAILED after ${seconds} s (exit code ${done.code})\n${done.stderr.trimEnd().split('\n').slice(-SHOWN_LINES).join('\n')}`,
    );
    return {
      row: [name, '', '', '', '', '', '', ARTICLES.get(name) ?? '', `failed (exit code ${done.code})`],
      ok: false,
    };
  }
  const image = JSON.parse(done.stdout);
  const { proof } = image;
  const passed = proof.checks.filter((/** @type {any} */ check) => check.status === 'passed').length;
  const said =
    proof.status === 'passed'
      ? `${passed} of ${proof.checks.length} checks in ${proof.sandbox}`
      : proof.status;
  say(`demo: ${name}: ${image.rung}, ${proof.status} (${seconds} s)`);
  return { row: rowOf(name, image, said), ok: proof.status === 'passed' };
}

/** Of a build that failed. */
const SHOWN_LINES = 60;

/**
 * Runs the CLI, and hands on what it says while it says it.
 *
 * @param {readonly string[]} args
 * @param {(line: string) => void} onLine
 * @returns {Promise<{ ok: boolean, code: number | null, stdout: string, stderr: string }>}
 */
function follow(args, onLine) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: BUILD_LIMIT_MS,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ piece) => (stdout += piece));
    createInterface({ input: child.stderr }).on('line', (line) => {
      stderr += `${line}\n`;
      onLine(line);
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ ok: code === 0, code, stdout, stderr }));
  });
}

/** @param {string} name @param {any} image @param {string} proof */
function rowOf(name, image, proof) {
  const { compressedBytes, uncompressedBytes, files } = image.size;
  const limit = JSON.parse(readFileSync(join(ROOT, 'examples', name, 'morsel.json'), 'utf8')).limits
    ?.maxImageBytes;
  const sizes = [compressedBytes, uncompressedBytes, files, limit].map(
    (size) => size?.toLocaleString('en-US') ?? '',
  );
  return [name, image.rung, image.libc, ...sizes, ARTICLES.get(name) ?? '', proof];
}

/** @param {readonly (readonly string[])[]} rows */
function formatTable(rows) {
  const all = [TITLES, ...rows];
  const widths = TITLES.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) =>
          RIGHT_ALIGNED.has(TITLES[column] ?? '')
            ? cell.padStart(widths[column] ?? 0)
            : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

try {
  const names = listExamples(process.argv.slice(2));
  if (names.length === 0) throw new Error('examples/ holds no project');
  await setUp('demo');
  mkdirSync(join(ROOT, '.work/demo'), { recursive: true });
  const results = [];
  for (const name of names) results.push(await buildExample(name));
  const proven = results.filter((result) => result.ok).length;
  process.stdout.write(`\nSizes are bytes.\n${formatTable(results.map((result) => result.row))}\n\n`);
  process.stdout.write(
    `${proven} of ${names.length} images built and proven; the archives are in .work/demo/\n`,
  );
  process.exitCode = proven === names.length ? 0 : 1;
} catch (error) {
  say(`demo: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
