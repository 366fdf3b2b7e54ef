/**
 * Makes a fresh clone on a fresh machine ready: npm packages, dist/, and, as root on a Debian-like system, the Debian and
 * PyPI packages of a group. Elsewhere it says what is missing and goes on. Node built-ins only: it runs before `npm ci`.
 * Quick when all is there, so that `npm test` and `npm run demo` call it every time.
 *
 *   node scripts/setup.mjs [demo|test|none]     `none`: npm packages and dist/ only
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildIfStale } from './build.mjs';
import { installNpmPackages } from './npm-packages.mjs';
import { isMain, ROOT, run, say } from './run.mjs';

/** @typedef {{ name: string, module?: string, groups: string[], for: string, unlessCommand?: string }} SystemPackage */
/** @typedef {'demo' | 'test' | 'none'} Group */

const APT_LIMIT_SECONDS = 15 * 60;
const APT_POLL_SECONDS = 5;
const APT_ENV = { DEBIAN_FRONTEND: 'noninteractive', APT_LISTCHANGES_FRONTEND: 'none', LC_ALL: 'C' };

/** @param {Group} group @returns {Promise<void>} */
export async function setUp(group) {
  installNpmPackages();
  if (group !== 'none') installSystemPackages(group);
  if (group === 'test') addTestUser();
  keepRustup();
  await buildIfStale();
}

/** @param {Group} group */
function installSystemPackages(group) {
  const list = JSON.parse(readFileSync(join(ROOT, 'scripts/system-packages.json'), 'utf8'));
  const wanted = (/** @type {SystemPackage} */ one) => one.groups.includes(group);
  const isDebian = existsSync('/etc/debian_version') && hasCommand('apt-get') && hasCommand('dpkg-query');
  const debian = missingDebianPackages(list.debian.filter(wanted), isDebian);
  const isRoot = process.getuid?.() === 0;
  if (isDebian && isRoot) installDebianPackages(debian);
  // Asked only now: python3 and pip may have come with the packages above.
  const pypi = list.pypi.filter(wanted).filter((/** @type {SystemPackage} */ one) => !hasPythonModule(one));
  if (isDebian && isRoot) installPythonPackages(pypi);
  else sayMissing([...debian, ...pypi], isDebian);
}

const TEST_USER = 'morsel-test';

/** An ordinary user with subordinate ids: as whom the tests run rootless containers. useradd(8) gives it both. */
function addTestUser() {
  if (process.getuid?.() !== 0 || !hasCommand('useradd')) return;
  if (run('id', ['-u', TEST_USER]).ok) return;
  say(`setup: user ${TEST_USER} (for the rootless tests)`);
  const done = run('useradd', ['--create-home', TEST_USER]);
  if (!done.ok)
    say(`setup: useradd failed, the rootless tests with subordinate ids will be missing:\n${done.stderr}`);
}

/** @param {SystemPackage[]} packages @param {boolean} isDebian @returns {SystemPackage[]} */
function missingDebianPackages(packages, isDebian) {
  const wanted = packages.filter((one) => one.unlessCommand === undefined || !hasCommand(one.unlessCommand));
  if (!isDebian) return wanted.filter((one) => !hasCommand(one.name));
  const query = run('dpkg-query', [
    '-W',
    '-f',
    '${Package} ${db:Status-Status}\n',
    ...wanted.map((one) => one.name),
  ]);
  const installed = new Set(
    query.stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return wanted.filter((one) => !installed.has(one.name));
}

/** @param {SystemPackage[]} packages */
function installDebianPackages(packages) {
  if (packages.length === 0) return;
  say('setup: package lists (apt-get update)');
  const update = aptGet(['update', '-q']);
  if (!update.ok) say(`setup: apt-get update failed, going on with the old lists:\n${tail(update.stderr)}`);
  const known = packages.filter((one) =>
    /Candidate: (?!\(none\))/.test(run('apt-cache', ['policy', one.name]).stdout),
  );
  for (const one of packages.filter((each) => !known.includes(each))) {
    say(`setup: ${one.name} is not in this system's package lists (${one.for})`);
  }
  if (known.length === 0) return;
  say('setup: Debian packages (apt-get install --no-install-recommends)');
  for (const one of known) say(`  ${one.name.padEnd(28)} ${one.for}`);
  if (aptInstall(known.map((one) => one.name)).ok) return;
  for (const one of known) {
    const alone = aptInstall([one.name]);
    if (!alone.ok) say(`setup: ${one.name} could not be installed (${one.for}):\n${tail(alone.stderr)}`);
  }
}

/** @param {string[]} names */
function aptInstall(names) {
  return aptGet(['install', '-y', '-q', '--no-install-recommends', '-o', 'Dpkg::Use-Pty=0', ...names]);
}

/**
 * Another one may be at work: a system that has just started looks for updates by itself. DPkg::Lock::Timeout of
 * apt.conf(5) knows neither the lock of the package lists nor a way to say that it waits.
 * @param {string[]} args @param {number} [pollSeconds]
 */
export function aptGet(args, pollSeconds = APT_POLL_SECONDS) {
  for (let waited = 0; ; waited += pollSeconds) {
    const done = run('apt-get', args, { env: { ...process.env, ...APT_ENV } });
    if (done.ok || !isLocked(done.stderr) || waited >= APT_LIMIT_SECONDS) return done;
    if (waited === 0) say(`setup: waiting for another apt or dpkg:\n${tail(done.stderr)}`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pollSeconds * 1000);
  }
}

/** The messages of apt-pkg for a lock that is held, with LC_ALL=C. @param {string} stderr */
function isLocked(stderr) {
  return /^E: (Could not get lock|Unable to acquire the dpkg|Unable to lock directory)/m.test(stderr);
}

/** @param {SystemPackage} one */
function hasPythonModule(one) {
  const code = `import importlib.util as u, sys; sys.exit(u.find_spec(${JSON.stringify(one.module)}) is None)`;
  return run('python3', ['-c', code]).ok;
}

/** @param {SystemPackage[]} packages */
function installPythonPackages(packages) {
  for (const one of packages) {
    say(`setup: PyPI package ${one.name}: ${one.for}`);
    const args = ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '--root-user-action=ignore'];
    let done = run('python3', [...args, one.name]);
    // PEP 668: Debian's own Python wants to be told that its packages may be joined by others.
    if (!done.ok && done.stderr.includes('externally-managed-environment')) {
      done = run('python3', [...args, '--break-system-packages', one.name]);
    }
    if (!done.ok) say(`setup: ${one.name} could not be installed:\n${tail(done.stderr)}`);
  }
}

/** @param {SystemPackage[]} missing @param {boolean} isDebian */
function sayMissing(missing, isDebian) {
  if (missing.length === 0) return;
  say(`setup: going on without these (${isDebian ? 'not root' : 'not a Debian-like system'}):`);
  for (const one of missing) say(`  ${one.name.padEnd(28)} ${one.for}`);
  const debian = missing.filter((one) => one.module === undefined).map((one) => one.name);
  if (isDebian && debian.length > 0)
    say(`  sudo apt-get install --no-install-recommends ${debian.join(' ')}`);
}

/**
 * rustup's shims look for their toolchains under HOME. With another HOME (`env -i HOME=…`) they fail although the
 * toolchains are there, beside the shim: tell them, for everything that this process starts.
 */
function keepRustup() {
  const shim = commandPath('rustup') ?? commandPath('cargo');
  if (
    shim === undefined ||
    process.env['RUSTUP_HOME'] !== undefined ||
    !shim.endsWith('/.cargo/bin/' + (shim.split('/').pop() ?? ''))
  )
    return;
  const home = dirname(dirname(dirname(shim)));
  if (existsSync(join(home, '.rustup/toolchains')) && home !== process.env['HOME']) {
    process.env['RUSTUP_HOME'] = join(home, '.rustup');
  }
}

/** @param {string} name */
function hasCommand(name) {
  return commandPath(name) !== undefined;
}

/** @param {string} name @returns {string | undefined} */
function commandPath(name) {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** @param {string} text */
function tail(text) {
  return text
    .trimEnd()
    .split('\n')
    .slice(-8)
    .map((line) => `    ${line}`)
    .join('\n');
}

if (isMain(import.meta)) {
  const group = process.argv[2] ?? 'test';
  if (group !== 'demo' && group !== 'test' && group !== 'none') {
    say('usage: node scripts/setup.mjs [demo|test|none]');
    process.exit(2);
  }
  await setUp(group);
}
