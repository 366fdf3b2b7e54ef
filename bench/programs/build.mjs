import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Another one measures while dist/ is built anew. */
const cli = process.env['MORSEL_CLI'] ?? join(dirname(fileURLToPath(import.meta.url)), '../../dist/cli.cjs');

/** Builds with the command line, in a clean environment. @param {string} program @param {string} archive @param {readonly string[]} options */
export function build(program, archive, options) {
  rmSync(archive, { force: true });
  const env = { PATH: process.env['PATH'] ?? '', HOME: '/root' };
  const made = spawnSync('node', [cli, 'build', program, '-o', archive, '--format', 'json', ...options], {
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    timeout: 600_000,
  });
  const result = parse(made.stdout);
  if (made.status !== 0 || result === null) return failureOf(result, made.stderr);
  const { proof, size, files, findings, timings } = result;
  const detail = wordsOfChecks(proof);
  return {
    status: proof.status,
    strength: proof.strength,
    detail,
    probe: probeOf(detail),
    compressedBytes: size.compressedBytes,
    uncompressedBytes: size.uncompressedBytes,
    files: size.files,
    added: files.filter(isAdded).length,
    named: findings
      .map((/** @type {{ message: string }} */ { message }) => message)
      .filter((/** @type {string} */ message) => /not packed/.test(message)),
    warnings: findings
      .filter((/** @type {{ level: string }} */ { level }) => level !== 'info')
      .map((/** @type {{ message: string }} */ { message }) => message),
    proveMs: timings.proveMs,
  };
}

/** @param {{ checks: readonly { detail: string }[], reason: string | null }} proof */
function wordsOfChecks({ checks, reason }) {
  return checks.length === 0 ? (reason ?? '') : checks.map(({ detail }) => detail).join('; ');
}

/** Reasons that a run has given: `src/control/judge-use.ts`. */
const ADDED =
  /on this machine \(|^on the way to |^(?:loaded by|the loader of|the interpreter of|what) .* \((?:package|made by|beside|a directory)/;

/** @param {{ reason: string, kind: string }} file */
function isAdded({ reason, kind }) {
  return kind !== 'directory' && ADDED.test(reason);
}

/** @param {any} result @param {string} stderr */
function failureOf(result, stderr) {
  const message =
    result?.error?.message ?? parse(stderr)?.message ?? stderr.trim().split('\n').slice(-6).join(' ');
  return { status: 'error', strength: 'none', detail: message.slice(0, 1500), probe: null };
}

/** The check that an unclear proof names. @param {string} detail */
function probeOf(detail) {
  return /--check '([^']*)'/.exec(detail)?.[1] ?? null;
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
