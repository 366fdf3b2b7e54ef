/**
 * `npm run hostile`: hostile images, programs, configurations and projects, made from a seed, against the built CLI and the
 * library; test/hostile/generate/main.ts has the arguments. Exit code 1 when something did not hold.
 *
 *   npm run hostile -- --count 200000 --seed 7      npm run hostile -- --seed 7 --only 1234
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { buildIfStale } from './build.mjs';
import { ROOT } from './run.mjs';

if (process.env['MORSEL_TEST_CLI'] === undefined) await buildIfStale();
const bundles = join(ROOT, `.work/hostile-${process.pid}`);
mkdirSync(bundles, { recursive: true });
try {
  buildSync({
    entryPoints: ['main', 'reader-worker'].map((name) => join(ROOT, `test/hostile/generate/${name}.ts`)),
    outdir: bundles,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    // jsonc-parser's other form is UMD, whose require esbuild cannot follow.
    mainFields: ['module', 'main'],
    target: 'node20',
    logLevel: 'error',
  });
  const cli = ['--cli', process.env['MORSEL_TEST_CLI'] ?? join(ROOT, 'dist/cli.cjs')];
  const campaign = [join(bundles, 'main.mjs'), ...cli, ...process.argv.slice(2)];
  process.exitCode = spawnSync(process.execPath, campaign, { cwd: ROOT, stdio: 'inherit' }).status ?? 1;
} finally {
  rmSync(bundles, { recursive: true, force: true });
}
