/**
 * Makes dist/: the library as ES modules with declarations (tsc), and the CLI as one CommonJS file (esbuild; the form
 * that starts fastest). Written beside, then renamed, so that a failed build leaves the old dist/ as it was.
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
import { isMain, ROOT, run, say } from './run.mjs';

const DIST = join(ROOT, 'dist');
const STAMP = join(ROOT, '.work/build-stamp');
const CLI_ENTRY = join(ROOT, 'src/cli/main.ts');

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
  const esbuild = await import('esbuild');
  const result = await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: [CLI_ENTRY],
    outfile: join(out, 'cli.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20.19',
    minifySyntax: true,
    minifyWhitespace: true,
    // Names stay, so that the stack of an internal error can be read.
    keepNames: false,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    banner: { js: '#!/usr/bin/env node' },
    define: {
      MORSEL_VERSION: JSON.stringify(packageJson().version),
      'import.meta.url': 'undefined',
    },
  });
  chmodSync(join(out, 'cli.cjs'), 0o755);
  writeFileSync(join(out, 'LICENSES.txt'), licencesOf(Object.keys(result.metafile.inputs)));
}

/**
 * The licence texts of what is bundled: MIT and BSD ask for them wherever their code goes.
 * @param {string[]} inputs paths from the root
 */
function licencesOf(inputs) {
  const names = new Set(
    inputs.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []),
  );
  const texts = [...names].sort().map((name) => {
    const folder = join(ROOT, 'node_modules', name);
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${name} has no licence file: it cannot be bundled`);
    return `${name}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  });
  return `dist/cli.cjs contains code of these packages.\n\n${texts.join('\n---\n\n')}`;
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
  ];
  for (const path of [...settings.map((name) => join(ROOT, name)), ...sources]) {
    hash.update(`\0${path.slice(ROOT.length)}\0`).update(readFileSync(path));
  }
  return hash.digest('hex');
}

function packageJson() {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
}

if (isMain(import.meta)) {
  const { installNpmPackages } = await import('./setup.mjs');
  installNpmPackages();
  await (process.argv.includes('--if-stale') ? buildIfStale() : build());
}
