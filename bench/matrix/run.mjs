/**
 * The verdict matrix: real programs on real roots, judged from their bytes and then executed.
 *
 *   node bench/matrix/make-roots.mjs DIR        # as root, once
 *   nice node bench/matrix/run.mjs DIR [--each N] [--extra DIR-OF-PROGRAMS] [--out FILE.json]
 *
 * Exit 1 on a false `yes`, or when more than 1 % of the verdicts are a false `no`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { importTypeScript } from './bundle.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { each: { type: 'string', default: '120' }, out: { type: 'string' }, extra: { type: 'string' } },
});
const roots = resolve(positionals[0] ?? '.work/matrix');
const each = Number(values.each);
const ROOTS = ['empty', 'static12', 'cc12', 'cc13', 'debian12', 'debian13', 'musl'];
const BIN = ['usr/bin', 'usr/sbin'];

const { compilePrograms, listPrograms, runMatrix } = await importTypeScript('bench/matrix/matrix.ts');
const made = join(roots, '.programs');
mkdirSync(made, { recursive: true });
const programs = [
  ...compilePrograms(made, (/** @type {string} */ line) => console.error(line)),
  ...listPrograms(join(roots, 'debian12'), BIN, 'Debian 12', each),
  ...listPrograms(join(roots, 'debian13'), BIN, 'Debian 13', each),
  ...listPrograms('/', BIN, 'this machine', each),
  ...(values.extra === undefined ? [] : listPrograms(values.extra, ['.'], 'static packages', 1000)),
];
console.error(`${programs.length} programs x ${ROOTS.length} roots`);

/** @type {import('./matrix.ts').Row[]} */
const rows = [];
runMatrix({
  roots,
  rootNames: ROOTS,
  programs,
  timeoutMs: 3000,
  onRow: (/** @type {import('./matrix.ts').Row} */ row) => rows.push(row),
});
if (values.out !== undefined) writeFileSync(values.out, JSON.stringify(rows, null, 1));
process.exitCode = report() ? 0 : 1;

function report() {
  const wrong = rows
    .flatMap((row) => [judge(row, 'tree', row.tree), judge(row, 'base', row.base)])
    .filter((line) => line !== null);
  console.log(
    '| root | programs | started | did not | tree: yes/no/unknown | false yes | false no | data: yes/no/unknown | false yes | false no |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|---|');
  for (const root of [...ROOTS, 'all'])
    printRow(
      root,
      rows.filter((row) => root === 'all' || row.root === root),
    );
  for (const line of wrong) console.log(line);
  const falseYes = rows.filter(
    (row) => !row.started && (row.tree.runs === 'yes' || row.base?.runs === 'yes'),
  ).length;
  const falseNo = rows.filter(
    (row) => row.started && (row.tree.runs === 'no' || row.base?.runs === 'no'),
  ).length;
  return falseYes === 0 && falseNo <= rows.length / 100;
}

/**
 * @param {string} root
 * @param {import('./matrix.ts').Row[]} some
 */
function printRow(root, some) {
  const started = some.filter((row) => row.started).length;
  const cells = ['tree', 'base'].flatMap((kind) => {
    const judged = some.flatMap((row) => {
      const verdict = kind === 'tree' ? row.tree : row.base;
      return verdict === null ? [] : [{ started: row.started, runs: verdict.runs }];
    });
    const count = (/** @type {string} */ runs) => judged.filter((one) => one.runs === runs).length;
    return [
      `${count('yes')}/${count('no')}/${count('unknown')}`,
      judged.filter((one) => one.runs === 'yes' && !one.started).length,
      judged.filter((one) => one.runs === 'no' && one.started).length,
    ];
  });
  console.log(`| ${[root, some.length, started, some.length - started, ...cells].join(' | ')} |`);
}

/**
 * @param {import('./matrix.ts').Row} row
 * @param {string} kind
 * @param {{runs: string, reason: string} | null} verdict
 */
function judge(row, kind, verdict) {
  if (verdict === null || verdict.runs === 'unknown' || (verdict.runs === 'yes') === row.started) return null;
  return `false ${verdict.runs} (${kind}): ${row.program} (${row.origin}) on ${row.root}: ${row.observed}; said: ${verdict.reason}`;
}
