/**
 * @typedef {object} Built
 * @property {string} status
 * @property {string} strength
 * @property {string} detail
 * @property {string | null} probe the check that an unclear proof names
 * @property {number} [compressedBytes]
 * @property {number} [uncompressedBytes]
 * @property {number} [files]
 * @property {number} [added] by observation
 * @property {readonly string[]} [named]
 *
 * @typedef {object} Row
 * @property {string} section
 * @property {string} package
 * @property {string} program
 * @property {string} check
 * @property {Built & { verdict: string, seconds: number, machine: number | string, image?: number | string, otherFiles?: readonly string[] }} job
 * @property {Built | null} bare with the default check alone
 */

/** @param {readonly Row[]} rows */
export function tableOf(rows) {
  const tried = rows.filter(({ job }) => job.verdict !== 'no job');
  const counts = ['right', 'lost', 'FALSE PASS', 'no job'].map(
    (verdict) => `${rows.filter(({ job }) => job.verdict === verdict).length} ${verdict}`,
  );
  const lines = tried.map((row) => `| ${cellsOf(row).join(' | ')} |`);
  return `${[
    `${tried.length} jobs: ${counts.join(', ')}`,
    '',
    '| section | program | job | outcome | strength | MB, gzip | MB | files | added | s | default check |',
    '|---|---|---|---|---|---|---|---|---|---|---|',
    ...lines,
    '',
    ...rows
      .filter(({ job }) => job.verdict !== 'right')
      .map(({ program, check, job }) => `- **${job.verdict}** \`${program} ${check}\`: ${job.detail}`),
    ...rows
      .filter(({ job }) => (job.otherFiles ?? []).length > 0)
      .map(
        ({ program, check, job }) =>
          `- files differ \`${program} ${check}\`: ${(job.otherFiles ?? []).slice(0, 8).join(', ')}; the proof says: ${job.detail}`,
      ),
  ].join('\n')}\n`;
}

/** @param {Row} row */
function cellsOf({ section, program, check, job, bare }) {
  const { verdict, strength, compressedBytes, uncompressedBytes, files, added, seconds } = job;
  const probe = bare?.status === 'unclear' ? ` ${bare.probe ?? '(names no check)'}` : '';
  const name = program.split('/').at(-1);
  return [
    section,
    name,
    `\`${check.replaceAll('|', '\\|').slice(0, 70)}\``,
    verdict,
    strength,
    megabytes(compressedBytes),
    megabytes(uncompressedBytes),
    files ?? '',
    added ?? '',
    seconds,
    `${bare?.status ?? ''}${probe}`,
  ];
}

/** @param {number | undefined} bytes */
function megabytes(bytes) {
  return bytes === undefined ? '' : (bytes / 1e6).toFixed(1);
}
