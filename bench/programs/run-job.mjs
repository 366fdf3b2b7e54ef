import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Files for jobs whose input no package has. */
export const INPUTS_HERE = join(dirname(fileURLToPath(import.meta.url)), 'inputs');
/** Their place in images. */
export const INPUTS_THERE = '/mnt/inputs';

/** As docker runs an image that names no other. */
const USER = ['--reuid=65532', '--regid=65532', '--clear-groups'];
const ENV = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/' };
const NONROOT = 'nonroot:x:65532:65532:nonroot:/:/sbin/nologin\n';

/** Unpacks with skopeo and umoci; answers the root. @param {string} archive @param {string} folder */
export function unpack(archive, folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  check(spawnSync('skopeo', ['copy', '-q', `oci-archive:${archive}`, `oci:${folder}/oci:x`]));
  check(spawnSync('umoci', ['unpack', '--image', `${folder}/oci:x`, `${folder}/bundle`]));
  const bundle = join(folder, 'bundle');
  const root = join(bundle, 'rootfs');
  for (const path of [bundle, root]) chmodSync(path, 0o755);
  for (const name of ['proc', 'dev', 'sys']) mkdirSync(join(root, name), { recursive: true });
  return root;
}

/** @param {string} root @param {readonly string[]} argv */
export function runInImage(root, argv) {
  const configuration = JSON.parse(readFileSync(join(root, '../config.json'), 'utf8'));
  const env = Object.fromEntries(
    configuration.process.env.map((/** @type {string} */ one) => [
      one.split('=', 1)[0],
      one.slice(one.indexOf('=') + 1),
    ]),
  );
  // The entrypoint is the program itself.
  const [program = ''] = configuration.process.args;
  return run(['--bind', root, '/'], existsSync(join(root, 'tmp')), [program, ...argv.slice(1)], {
    ...ENV,
    ...env,
  });
}

/** This machine with an empty /tmp and a line for the user. @param {readonly string[]} argv */
export function runOnMachine(argv) {
  const passwd = '/tmp/bench-programs.passwd';
  if (!existsSync(passwd)) writeFileSync(passwd, `${readFileSync('/etc/passwd', 'utf8')}${NONROOT}`);
  const root = [
    '--ro-bind',
    '/',
    '/',
    '--tmpfs',
    '/var/tmp',
    '--tmpfs',
    '/mnt',
    '--ro-bind',
    INPUTS_HERE,
    INPUTS_THERE,
  ];
  return run([...root, '--ro-bind', passwd, '/etc/passwd'], true, argv, ENV);
}

/**
 * @param {readonly string[]} root @param {boolean} hasTmp @param {readonly string[]} argv
 * @param {Record<string, string>} env
 */
function run(root, hasTmp, argv, env) {
  const written = mkdtempSync(join(tmpdir(), 'bench-programs-'));
  chmodSync(written, 0o1777);
  try {
    const ended = runIn(hasTmp ? [...root, '--bind', written, '/tmp'] : root, argv, env);
    return { ...ended, written: filesOf(written) };
  } finally {
    rmSync(written, { recursive: true, force: true });
  }
}

/** Each with its digest. @param {string} folder @returns {readonly string[]} */
function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map(
      (path) => `${relative(folder, path)} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`,
    );
}

/** @param {readonly string[]} root @param {readonly string[]} argv @param {Record<string, string>} env */
function runIn(root, argv, env) {
  const variables = Object.entries(env).flatMap(([name, value]) => ['--setenv', name, value]);
  const bwrap = ['bwrap', '--unshare-all', '--die-with-parent', ...root, '--proc', '/proc', '--dev', '/dev'];
  const all = [...USER, ...bwrap, '--clearenv', ...variables, '--chdir', '/', '--', ...argv];
  const { status, signal, stdout, stderr } = spawnSync('setpriv', all, {
    cwd: '/',
    input: '',
    maxBuffer: 1 << 26,
    timeout: 60_000,
  });
  const said = (stderr.length > 0 ? stderr : stdout).toString('utf8').trim().slice(0, 300);
  return { code: status ?? String(signal), stdout: stdout.toString('latin1'), said };
}

/** @param {import('node:child_process').SpawnSyncReturns<Buffer>} ended */
function check({ status, stderr, error }) {
  if (status !== 0) throw new Error(error?.message ?? stderr.toString('utf8'));
}
