import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CLI, cleanEnvironment, compilerCaches, ROOT } from '../built-cli.ts';
import { requireTool } from '../reference-tools.ts';
import { runTool } from '../run-tool.ts';

/** `npm run hostile -- --count 200000 --seed N` for the long run; a find says how it is replayed. */
const COUNT =
  process.env['MORSEL_HOSTILE_COUNT'] ?? (process.env['MORSEL_TEST_ALL'] === '1' ? '2000' : '800');
const SEED = process.env['MORSEL_HOSTILE_SEED'] ?? '20261126';

it(`${COUNT} hostile inputs from seed ${SEED} find nothing`, async () => {
  requireTool('musl-gcc');
  const args = [join(ROOT, 'scripts/hostile.mjs'), '--count', COUNT, '--seed', SEED];
  const env = cleanEnvironment({ MORSEL_TEST_CLI: CLI, ...compilerCaches() });
  const run = await runTool(process.execPath, args, { cwd: ROOT, env, timeoutMs: 1_800_000 });
  expect(run.exitCode, run.stderr).toBe(0);
  // Inputs that reach nothing find nothing: most programs are read, and some images of every kind are.
  for (const reached of ['image: ok', 'program: ok', 'configuration: ok', 'attack: 0', 'build: 0'])
    expect(run.stderr).toContain(`${reached}: `);
}, 1_800_000);
