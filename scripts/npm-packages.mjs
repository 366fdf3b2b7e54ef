/** The npm packages of this folder, as its lock has them. Node built-ins only: it runs before there are any. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, run, say } from './run.mjs';

/** npm ci when a package of the lock is absent or of another version; compared by content, as a checkout changes times. */
export function installNpmPackages() {
  if (npmPackagesAreInstalled()) return;
  say('setup: npm packages (npm ci)');
  const env = { ...process.env };
  // Under `npm install -g .` these would turn our own npm ci into a global, production or dry one, with another
  // configuration file.
  for (const name of Object.keys(env)) {
    if (
      /^npm_config_(global.*|location|prefix|local_prefix|omit|dry_run|production|allow_scripts)$/i.test(name)
    )
      delete env[name];
  }
  const args = ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const done = run('npm', args, { env, show: true });
  if (!done.ok) throw new Error(`npm ci failed (exit code ${done.code}); its output is above`);
}

function npmPackagesAreInstalled() {
  const wanted = readJson(join(ROOT, 'package-lock.json'))?.packages;
  const installed = readJson(join(ROOT, 'node_modules/.package-lock.json'))?.packages;
  if (wanted === undefined || installed === undefined) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    if (installed[path] === undefined) return entry.optional === true; // built for another platform
    return installed[path].version === entry.version && existsSync(join(ROOT, path));
  });
}

/** @param {string} path */
function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
