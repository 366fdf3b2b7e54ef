/**
 * Makes dist/: the library as ES modules with declarations (tsc), and the CLI as CommonJS chunks (bundle-cli.mjs). Written beside, then renamed, so that a failed build leaves the old dist/ as it was.
 *
 *   node scripts/build.mjs [--if-stale]
 */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { installNpmPackages } from './npm-packages.mjs';
import { isMain, ROOT, run, say } from './run.mjs';

const DIST = join(ROOT, 'dist');
const STAMP = join(ROOT, '.work/build-stamp');

/** Does nothing when dist/ was built from exactly these sources. */
export async function buildIfStale() {
  const stamp = sourceStamp();
  const built = existsSync(STAMP) ? readFileSync(STAMP, 'utf8') : '';
  if (built === stamp && existsSync(join(DIST, 'cli.cjs')) && existsSync(join(DIST, 'index.js'))) return;
  await build();
}

export async function build() {
  say('build: dist/');
  const started = performance.now();
  const stamp = sourceStamp();
  const out = join(ROOT, `.work/dist-${process.pid}`);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  try {
    buildLibrary(out);
    await buildCli(out);
    replaceDist(out);
    writeFileSync(STAMP, stamp);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
  say(`build: done in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

/** @param {string} out */
function buildLibrary(out) {
  const tsc = join(ROOT, 'node_modules/.bin/tsc');
  const done = run(tsc, ['-p', 'tsconfig.build.json', '--outDir', out]);
  if (!done.ok) throw new Error(`tsc failed:\n${done.stdout}${done.stderr}`);
}

/** @param {string} out */
async function buildCli(out) {
  const { bundleCli, licencesOf } = await import('./bundle-cli.mjs');
  const packages = await bundleCli(out);
  chmodSync(join(out, 'cli.cjs'), 0o755);
  writeFileSync(join(out, 'LICENSES.txt'), licencesOf(packages));
}

/** @param {string} out */
function replaceDist(out) {
  const old = join(ROOT, `.work/dist-old-${process.pid}`);
  if (existsSync(DIST)) renameSync(DIST, old);
  renameSync(out, DIST);
  rmSync(old, { recursive: true, force: true });
}

/** A hash over everything that dist/ is made from. */
function sourceStamp() {
  const hash = createHash('sha256').update(process.platform);
  const src = join(ROOT, 'src');
  const sources = readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const settings = [
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'scripts/build.mjs',
    'scripts/bundle-cli.mjs',
  ];
  for (const path of [...settings.map((name) => join(ROOT, name)), ...sources]) {
    hash.update(`\0${path.slice(ROOT.length)}\0`).update(readFileSync(path));
  }
  return hash.digest('hex');
}

if (isMain(import.meta)) {
  installNpmPackages();
  await (process.argv.includes('--if-stale') ? buildIfStale() : build());
}
