import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Another one measures while dist/ is built anew. */
const cli = process.env['MORSEL_CLI'] ?? join(dirname(fileURLToPath(import.meta.url)), '../../dist/cli.cjs');
const LIMIT_SECONDS = Number(process.env['LIMIT_SECONDS'] ?? 600);

/**
 * Builds with the command line, in a clean environment.
 * @param {string} path @param {string} archive @param {readonly string[]} options @param {string} cache
 */
export function build(path, archive, options, cache) {
  rmSync(archive, { force: true });
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '/root',
    XDG_CACHE_HOME: cache,
  };
  const words = ['build', path, '-o', archive, '--format', 'json', ...options];
  const started = performance.now();
  // timeout(1) asks first: morsel ends its compilers itself.
  const made = spawnSync('timeout', ['-k', '30', String(LIMIT_SECONDS), 'node', cli, ...words], {
    cwd: dirname(archive),
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  writeFileSync(archive.replace(/\.tar$/, '.stdout'), made.stdout);
  writeFileSync(archive.replace(/\.tar$/, '.stderr'), made.stderr);
  const result = parse(made.stdout);
  if (made.status === 124) return { seconds, ...failure(`not done after ${LIMIT_SECONDS} s`, null) };
  if (made.status !== 0 || result === null) {
    // Whatever was said before: the error is the last line.
    const said = parse(made.stderr.trim().split('\n').at(-1) ?? '');
    return {
      seconds,
      ...failure(`exit ${made.status}: ${said?.message ?? made.stderr.trim().slice(-1500)}`, said),
    };
  }
  const { proof, size, rung, rejected, findings, timings } = result;
  return {
    seconds,
    status: proof.status,
    strength: proof.strength,
    rung,
    detail:
      proof.checks.map((/** @type {{ detail: string }} */ { detail }) => detail).join('; ') ||
      (proof.reason ?? ''),
    hint: '',
    compressedBytes: size.compressedBytes,
    uncompressedBytes: size.uncompressedBytes,
    files: size.files,
    rejected: rejected.map(wordsOf),
    warnings: findings
      .filter((/** @type {{ level: string }} */ { level }) => level !== 'info')
      .map((/** @type {{ message: string }} */ { message }) => message),
    compileMs: timings.compileMs,
    proveMs: timings.proveMs,
  };
}

/** @param {string} detail @param {any} said */
function failure(detail, said) {
  const rejected = said?.details?.rejected ?? [];
  return {
    status: 'error',
    strength: 'none',
    rung: '',
    detail,
    hint: said?.hint ?? '',
    rejected: rejected.map(wordsOf),
  };
}

/** @param {{ rung: string, reason: string }} lost */
function wordsOf({ rung, reason }) {
  return `${rung}: ${reason}`;
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
