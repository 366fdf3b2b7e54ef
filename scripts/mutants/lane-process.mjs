/** A lane (lane.mjs) in a copy of the tree, started again when a mutant has ended it. */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** @typedef {import('./lane.mjs').Trial} Trial */
/** @typedef {import('./lane.mjs').Verdict} Verdict */
/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

const COPIED = ['src', 'test', 'scripts', 'examples', 'docs', 'schema', 'bench'];
const COPIED_FILES = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'vitest.config.ts',
];
/** Beyond the time that was given, for the test that is running then; a mutant that loops for ever reaches it. */
const GRACE_MS = 180_000;

export class Lane {
  /** @type {string} */
  #root;
  /** @type {ChildProcess} */
  #child;

  /** @param {string} root @param {ChildProcess} child */
  constructor(root, child) {
    this.#root = root;
    this.#child = child;
  }

  /** @param {string} sources */
  static async open(sources) {
    const root = mkdtempSync(join(tmpdir(), 'morsel-mutants-'));
    for (const name of [...COPIED, ...COPIED_FILES])
      cpSync(join(sources, name), join(root, name), { recursive: true });
    linkPackages(join(sources, 'node_modules'), join(root, 'node_modules'));
    return new Lane(root, await startLane(root));
  }

  /** The tests that see the mutant. @param {Trial} trial @returns {Promise<Verdict>} */
  async judge(trial) {
    const verdict = await ask(this.#child, trial, trial.limitMs + GRACE_MS);
    if (typeof verdict !== 'string') return verdict;
    await endLane(this.#child);
    writeFileSync(join(this.#root, trial.file), trial.source);
    this.#child = await startLane(this.#root);
    return { killers: [verdict], left: 0 };
  }

  async close() {
    await endLane(this.#child);
    rmSync(this.#root, { recursive: true, force: true });
  }
}

/** Links in a folder of its own, since vite writes beside the packages. @param {string} from @param {string} to */
function linkPackages(from, to) {
  mkdirSync(to);
  for (const name of readdirSync(from).filter((one) => !one.startsWith('.vite')))
    symlinkSync(join(from, name), join(to, name));
}

/**
 * In bwrap: a mutant of what removes, mounts or kills may do so anywhere. Nothing but its copy and a /tmp of its own can be
 * written, and it sees no other process; root stays root, for tests of mounts and users.
 * @param {string} root @returns {Promise<ChildProcess>}
 */
async function startLane(root) {
  const files = ['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--bind', '/sys', '/sys'];
  const ownFolders = ['/tmp', '/var/tmp', '/run'].flatMap((folder) => ['--tmpfs', folder]);
  const own = ['--bind', root, root, '--chdir', root];
  const apart = ['--unshare-pid', '--unshare-net', '--unshare-ipc', '--die-with-parent', '--cap-add', 'ALL'];
  const lane = [process.execPath, join(root, 'scripts/mutants/lane.mjs')];
  const child = spawn('bwrap', [...files, ...ownFolders, ...own, ...apart, '--', ...lane], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, TMPDIR: '/tmp', XDG_CACHE_HOME: '/tmp/cache', HOME: '/tmp' },
  });
  const ready = await ask(child, undefined, GRACE_MS);
  if (typeof ready === 'string') throw new Error(`the tests cannot be run in bwrap: ${ready}`);
  return child;
}

/**
 * The next message; or in words why none came.
 * @param {ChildProcess} child @param {Trial | undefined} trial @param {number} limitMs @returns {Promise<Verdict | string>}
 */
function ask(child, trial, limitMs) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => done('the time limit'), limitMs);
    const onMessage = (/** @type {Verdict} */ message) => done(message);
    const onEnd = () => done('the end of the process');
    child.once('message', onMessage).once('close', onEnd).once('error', onEnd);
    if (trial !== undefined) child.send(trial);
    /** @param {Verdict | string} result */
    function done(result) {
      clearTimeout(timer);
      child.off('message', onMessage).off('close', onEnd).off('error', onEnd);
      resolve(result);
    }
  });
}

/** @param {ChildProcess} child */
async function endLane(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await ended;
}
