import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SANDBOXES } from '../../../src/core/choices.ts';
import { toolPath } from '../../reference-tools.ts';
import { mebibytes } from '../four-questions.ts';
import { runCampaign } from './campaign.ts';

/**
 * The campaign as a program, bundled and started by scripts/hostile.mjs:
 *
 *     --count N    how many attempts            --seed S    which ones: the same seed gives the same attempts
 *     --first I    from this number on          --only I    one alone, which replays a find
 *     --kind K     only those of a kind         --lanes N   how many at a time
 *     --finds DIR  where finds are written
 */
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '20261126' },
    first: { type: 'string', default: '0' },
    only: { type: 'string' },
    kind: { type: 'string' },
    lanes: { type: 'string', default: '2' },
    finds: { type: 'string', default: '.work/hostile' },
    cli: { type: 'string', default: 'dist/cli.cjs' },
  },
});
const say = (line: string): void => void process.stderr.write(`hostile: ${line}\n`);
const started = performance.now();
const { finds, reached, peakBytes } = await runCampaign({
  seed: Number(values.seed),
  first: Number(values.only ?? values.first),
  count: values.only === undefined ? Number(values.count) : 1,
  lanes: values.only === undefined ? Number(values.lanes) : 1,
  kind: values.kind,
  cli: values.cli,
  worker: join(import.meta.dirname, 'reader-worker.mjs'),
  finds: values.finds,
  sandboxes: SANDBOXES.filter((name) => toolPath(name) !== undefined),
  say,
});
for (const [name, times] of [...reached].sort(([a], [b]) => (a < b ? -1 : 1))) say(`${name}: ${times}`);
const seconds = Math.round((performance.now() - started) / 1000);
const tries = [...reached.values()].reduce((sum, times) => sum + times, 0);
process.stdout.write(
  `${tries} results, ${finds.length} finds, at most ${mebibytes(peakBytes)} MiB, ${seconds} s\n`,
);
process.exitCode = finds.length === 0 ? 0 : 1;
