/**
 * Makes the roots of the verdict matrix in a directory; as root, on a Debian-like system with debootstrap.
 *
 *   node bench/matrix/make-roots.mjs DIR
 *
 * empty                  nothing at all: scratch
 * debian12, debian13     debootstrap --variant=minbase
 * static12, static13     what distroless-static has, from the packages it is made of
 * cc12, cc13             the same plus libc6, libgcc-s1, libstdc++6, libgomp1, libssl3: distroless-cc
 * musl                   musl's loader and libc from Debian's package musl
 */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';

const STATIC = ['base-files', 'netbase', 'tzdata', 'media-types', 'ca-certificates'];
/** @type {Record<12 | 13, string[]>} */
const CC = {
  12: ['libc6', 'libgcc-s1', 'libstdc++6', 'libgomp1', 'libssl3'],
  13: ['libc6', 'libgcc-s1', 'libstdc++6', 'libgomp1', 'libssl3t64', 'zlib1g', 'libzstd1'],
};
/** @type {Record<12 | 13, string>} */
const SUITE = { 12: 'bookworm', 13: 'trixie' };

const directory = resolve(process.argv[2] ?? '.work/matrix');
mkdirSync(directory, { recursive: true });
mkdirSync(join(directory, 'empty'), { recursive: true });
for (const release of /** @type {const} */ ([12, 13])) {
  debootstrap(release);
  const debs = downloadPackages(release);
  assemble(
    `static${release}`,
    debs.filter((deb) => STATIC.includes(packageName(deb))),
  );
  assemble(`cc${release}`, debs);
}
makeMusl();

/** @param {12 | 13} release */
function debootstrap(release) {
  const root = join(directory, `debian${release}`);
  if (existsSync(join(root, 'var/lib/dpkg/status'))) return;
  run('debootstrap', ['--variant=minbase', SUITE[release], root]);
  for (const file of ['/etc/resolv.conf', '/etc/hosts'])
    if (existsSync(file)) copyFileSync(file, join(root, file));
  run('chroot', [root, 'apt-get', '-q', 'update']);
}

/**
 * The packages of that release, fetched by its own apt.
 *
 * @param {12 | 13} release
 */
function downloadPackages(release) {
  const root = join(directory, `debian${release}`);
  const folder = join(root, 'var/cache/matrix');
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length === 0) {
    run('chroot', [
      root,
      'sh',
      '-c',
      'cd /var/cache/matrix && apt-get -q -o APT::Sandbox::User=root download "$@"',
      'sh',
      ...STATIC,
      ...CC[release],
    ]);
  }
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));
}

/** @param {string} deb */
function packageName(deb) {
  return deb.slice(deb.lastIndexOf('/') + 1).replace(/_.*/, '');
}

/**
 * base-files first: it brings the links /lib -> usr/lib of the merged /usr.
 *
 * @param {string} name
 * @param {string[]} debs
 */
function assemble(name, debs) {
  const root = join(directory, name);
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root);
  const first = debs.filter((deb) => packageName(deb) === 'base-files');
  for (const deb of [...first, ...debs.filter((deb) => !first.includes(deb))])
    run('sh', [
      '-c',
      'dpkg-deb --fsys-tarfile "$1" | tar -x --keep-directory-symlink -C "$2"',
      'sh',
      deb,
      root,
    ]);
  writeFileSync(
    join(root, 'etc/passwd'),
    'root:x:0:0:root:/root:/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n',
  );
  writeFileSync(
    join(root, 'etc/group'),
    'root:x:0:\nnobody:x:65534:\ntty:x:5:\nstaff:x:50:\nnonroot:x:65532:\n',
  );
  const certificates = join(root, 'usr/share/ca-certificates/mozilla');
  const bundle = readdirSync(certificates)
    .sort()
    .map((file) => readFileSync(join(certificates, file), 'utf8'))
    .join('');
  mkdirSync(join(root, 'etc/ssl/certs'), { recursive: true });
  writeFileSync(join(root, 'etc/ssl/certs/ca-certificates.crt'), bundle);
}

function makeMusl() {
  const root = join(directory, 'musl');
  rmSync(root, { recursive: true, force: true });
  mkdirSync(join(root, 'lib'), { recursive: true });
  copyFileSync('/usr/lib/x86_64-linux-musl/libc.so', join(root, 'lib/ld-musl-x86_64.so.1'));
  symlinkSync('ld-musl-x86_64.so.1', join(root, 'lib/libc.musl-x86_64.so.1'));
}

/**
 * @param {string} program
 * @param {string[]} args
 */
function run(program, args) {
  const done = spawnSync(program, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, LC_ALL: 'C' },
  });
  if (done.status !== 0) throw new Error(`${program} ${args.join(' ')}: exit ${done.status}`);
}
