/** Starting programs from scripts: argv arrays, no shell. Node built-ins only. */
import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const OUTPUT_LIMIT_BYTES = 256 * 1024 * 1024;

/** @param {string} text */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/**
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean, timeoutMs?: number }} [options]
 *   `show`: its output goes to ours and is not returned
 */
export function run(program, args, options = {}) {
  const done = spawnSync(program, [...args], {
    cwd: options.cwd ?? ROOT,
    env: options.env ?? process.env,
    encoding: 'utf8',
    maxBuffer: OUTPUT_LIMIT_BYTES,
    timeout: options.timeoutMs,
    // Scripts own stdout for their result; a tool's chatter belongs to stderr.
    stdio: ['ignore', options.show ? 2 : 'pipe', options.show ? 2 : 'pipe'],
  });
  const failure = done.error === undefined ? '' : `${program}: ${done.error.message}\n`;
  return {
    ok: done.status === 0,
    code: done.status ?? 128,
    stdout: done.stdout ?? '',
    stderr: `${done.stderr ?? ''}${failure}`,
  };
}

/**
 * Was this module started by `node MODULE`? The path may lead through symlinks.
 * @param {ImportMeta} meta
 */
export function isMain(meta) {
  const started = process.argv[1];
  return started !== undefined && existsSync(started) && realpathSync(started) === meta.filename;
}
