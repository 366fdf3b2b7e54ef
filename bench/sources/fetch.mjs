import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** Of the machine's own sources of packages, those of sources of programs. */
const LISTS = '/etc/apt/sources.list.d/debian.sources';

/**
 * A source tree as its author gave it out, by the ordinary client of its registry; kept in `folder` and not fetched again.
 * @param {string} from `debian NAME`, `crate NAME@VERSION`, `crates NAME@VERSION ...` (a workspace), `go MODULE@VERSION`
 * @param {string} folder
 * @param {string} state of the clients
 */
export function fetchSource(from, folder, state) {
  if (existsSync(folder)) return;
  const [registry, ...names] = from.split(' ');
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  const [first = ''] = names;
  if (registry === 'debian') fetchDebian(first, unfinished, state);
  else if (registry === 'go') fetchGo(first, unfinished);
  else if (registry === 'crate') copyTree(fetchCrates([first], state)[0] ?? '', unfinished);
  else makeWorkspace(fetchCrates(names, state), unfinished);
  renameSync(unfinished, folder);
}

/** Without Debian's patches where the mirror has only the author's archive. @param {string} name @param {string} folder @param {string} state */
function fetchDebian(name, folder, state) {
  const options = aptOptions(state);
  const into = join(state, 'debian', name);
  rmSync(into, { recursive: true, force: true });
  mkdirSync(into, { recursive: true });
  const patched = spawnSync('apt-get', [...options, '-qq', 'source', name], { cwd: into, encoding: 'utf8' });
  if (patched.status !== 0) {
    run('apt-get', [...options, '-qq', 'source', '--tar-only', name], into);
    const archive = readdirSync(into).find((file) => file.includes('.orig.tar.'));
    run('tar', ['-xf', archive ?? ''], into);
  }
  const tree = readdirSync(into, { withFileTypes: true }).find((entry) => entry.isDirectory());
  copyTree(join(into, tree?.name ?? ''), folder);
}

/** @param {string} state */
function aptOptions(state) {
  const apt = join(state, 'apt');
  const options = [
    `Dir::Etc::SourceList=/dev/null`,
    `Dir::Etc::SourceParts=${apt}/parts`,
    `Dir::State::Lists=${apt}/lists`,
    `Dir::Cache=${apt}/cache`,
  ].flatMap((option) => ['-o', option]);
  if (existsSync(apt)) return options;
  for (const each of ['parts', 'lists/partial', 'cache/archives/partial'])
    mkdirSync(join(apt, each), { recursive: true });
  const lists = readFileSync(LISTS, 'utf8').replaceAll(/^Types:.*/gm, 'Types: deb-src');
  writeFileSync(join(apt, 'parts/sources.sources'), lists);
  run('apt-get', [...options, '-qq', 'update'], '/');
  return options;
}

/** @param {string} module @param {string} folder */
function fetchGo(module, folder) {
  const { Dir } = JSON.parse(run('go', ['mod', 'download', '-json', module], '/'));
  copyTree(Dir, folder);
}

/** Cargo fetches what a package depends on; it is no matter that a program cannot be used so. @param {readonly string[]} crates @param {string} state */
function fetchCrates(crates, state) {
  const asker = join(state, 'cargo');
  rmSync(asker, { recursive: true, force: true });
  mkdirSync(asker, { recursive: true });
  const wanted = crates.map((crate) => crate.split('@'));
  const lines = wanted.map(
    ([name, version]) => `${name} = { version = "=${version}", default-features = false }`,
  );
  const head =
    '[package]\nname = "asker"\nversion = "0.0.0"\nedition = "2021"\n[lib]\npath = "lib.rs"\n[dependencies]\n';
  writeFileSync(join(asker, 'Cargo.toml'), `${head}${lines.join('\n')}\n`);
  writeFileSync(join(asker, 'lib.rs'), '');
  run('cargo', ['fetch', '-q'], asker);
  const registry = join(
    process.env['CARGO_HOME'] ?? join(process.env['HOME'] ?? '', '.cargo'),
    'registry/src',
  );
  return wanted.map(([name, version]) => {
    const index = readdirSync(registry).find((each) =>
      existsSync(join(registry, each, `${name}-${version}`)),
    );
    return join(registry, index ?? '', `${name}-${version}`);
  });
}

/** @param {readonly string[]} trees @param {string} folder */
function makeWorkspace(trees, folder) {
  const members = trees.map((tree) => (tree.split('/').at(-1) ?? '').replace(/-[0-9.]+$/, ''));
  for (const [index, tree] of trees.entries()) copyTree(tree, join(folder, members[index] ?? ''));
  for (const member of members) rmSync(join(folder, member, 'Cargo.lock'), { force: true });
  writeFileSync(
    join(folder, 'Cargo.toml'),
    `[workspace]\nresolver = "2"\nmembers = ${JSON.stringify(members)}\n`,
  );
  run('cargo', ['generate-lockfile', '-q'], folder);
}

/** Writable: Go's cache of modules is not. @param {string} from @param {string} to */
export function copyTree(from, to) {
  cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  run('chmod', ['-R', 'u+w', to], '/');
}

/** @param {string} program @param {readonly string[]} argv @param {string} cwd */
function run(program, argv, cwd) {
  const { status, stdout, stderr, error } = spawnSync(program, argv, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`${program} ${argv.join(' ')}: ${error?.message ?? stderr.trim()}`);
  return stdout;
}
