/**
 * @typedef {object} Source
 * @property {string} name
 * @property {string} kind
 * @property {string} from the registry and what it knows the source by
 * @property {string} [at] what is built within the tree
 * @property {readonly string[]} [needs] Debian packages beyond those of `npm run setup`
 * @property {Record<string, unknown>} [line] of morsel.json
 * @property {readonly string[]} [add] inputs that lie in the tree itself
 * @property {string} [check]
 * @property {readonly object[]} [checks]
 * @property {string} ordinary how it is built without morsel
 * @property {string} rung that is expected
 * @property {string} why it was chosen
 *
 * @typedef {object} Built
 * @property {number} seconds
 * @property {string} status
 * @property {string} strength
 * @property {string} rung
 * @property {string} detail
 * @property {string} hint
 * @property {readonly string[]} rejected
 * @property {readonly string[]} [warnings]
 * @property {number} [compressedBytes]
 * @property {number} [uncompressedBytes]
 * @property {number} [files]
 *
 * @typedef {{ morsel?: Built, ordinary?: { isBuilt: boolean, seconds: number, words: string } }} Row
 */

/** @param {readonly Source[]} sources @param {Record<string, Row>} rows */
export function tableOf(sources, rows) {
  const tried = sources.filter(({ name }) => rows[name]?.morsel !== undefined);
  const counts = ['proven', 'not a job', 'lost', 'no source'].map(
    (verdict) => `${tried.filter(({ name }) => verdictOf(rows[name]) === verdict).length} ${verdict}`,
  );
  const losses = tried.filter(({ name }) => verdictOf(rows[name]) !== 'proven');
  return `${[
    `${tried.length} sources: ${counts.join(', ')}`,
    '',
    '| source | kind | one line | outcome | rung | expected | strength | MB, gzip | MB | files | s | s without morsel |',
    '|---|---|---|---|---|---|---|---|---|---|---|---|',
    ...tried.map((source) => `| ${cellsOf(source, rows[source.name] ?? {}).join(' | ')} |`),
    '',
    ...losses.map(({ name }) => `- **${name}**: ${wordsOf(rows[name]?.morsel)}`),
  ].join('\n')}\n`;
}

/** @param {Row | undefined} row */
function verdictOf(row) {
  if (row?.morsel?.status === 'passed') return row.morsel.strength === 'start' ? 'not a job' : 'proven';
  return row?.ordinary?.isBuilt === false ? 'no source' : 'lost';
}

/** @param {Source} source @param {Row} row */
function cellsOf({ name, kind, line, rung }, row) {
  const { morsel, ordinary } = row;
  return [
    name,
    kind,
    line === undefined ? '' : `\`${JSON.stringify(line).slice(1, -1).replaceAll('|', '\\|')}\``,
    verdictOf(row),
    morsel?.rung ?? '',
    morsel?.rung === rung ? '' : rung,
    morsel?.strength ?? '',
    megabytes(morsel?.compressedBytes),
    megabytes(morsel?.uncompressedBytes),
    morsel?.files ?? '',
    morsel?.seconds ?? '',
    ordinary === undefined ? '' : ordinary.isBuilt ? ordinary.seconds : 'fails',
  ];
}

/** @param {Built | undefined} built */
function wordsOf(built) {
  const { detail = '', hint = '' } = built ?? {};
  const first = detail.split('\n', 1)[0] ?? '';
  return hint === '' ? first : `${first} (hint: ${hint.split('\n', 1)[0]})`;
}

/** @param {number | undefined} bytes */
function megabytes(bytes) {
  return bytes === undefined ? '' : (bytes / 1e6).toFixed(bytes < 1e6 ? 2 : 1);
}
