import { type CauseRow, confirmed, OPEN, programPath, ruledOut } from '../cause-row.ts';
import { findByName } from '../find-by-name.ts';
import type { TargetProbe } from '../target-probe.ts';

const CA_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/ssl/cert.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/ca-bundle.pem',
];
const isFile = ({ tree }: TargetProbe, path: string): boolean => tree.resolve(path)?.entry.kind === 'file';
const inspect = (context: Parameters<CauseRow['command']>[0]): string =>
  `morsel inspect .${programPath(context)}  # needs, each with its evidence`;

/** Files that a program wants after it has started: hazards of small images. */
export const runtimeFileCauses: readonly CauseRow[] = [
  {
    cause: 'no-ca-certificates',
    title: 'the image has no CA certificates where this program looks',
    check: (probe) => {
      const bundle = CA_BUNDLES.find((path) => isFile(probe, path));
      if (bundle === undefined) return confirmed('no CA bundle in the image');
      const openssl = ['/usr/lib/ssl/cert.pem', '/etc/ssl/cert.pem', '/usr/local/ssl/cert.pem'].some((path) =>
        isFile(probe, path),
      );
      const env = probe.env['SSL_CERT_FILE'];
      if (env !== undefined)
        return isFile(probe, env)
          ? ruledOut(`SSL_CERT_FILE is ${env}, which is there`)
          : confirmed(`SSL_CERT_FILE is ${env}, and there is no such file`);
      return openssl ? ruledOut(`${bundle} is there, and a cert.pem for OpenSSL`) : OPEN;
    },
    notFatal: true,
    command: inspect,
    fixes: () => [
      'add the bundle: --add /etc/ssl/certs/ca-certificates.crt:/etc/ssl/certs/ca-certificates.crt (morsel build does so by itself)',
      'for OpenSSL also --env SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt: it reads only its own directory',
      'COPY --from=alpine /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/',
    ],
  },
  {
    cause: 'private-ca',
    title:
      'the server’s certificate comes from a CA that is in no public bundle (a company’s proxy, a test CA), or has expired',
    check: () => OPEN,
    command: () => 'openssl s_client -connect HOST:443 -showcerts </dev/null',
    fixes: () => [
      'append that CA’s certificate to the bundle of the image',
      'check the clock of the machine',
    ],
  },
  {
    cause: 'no-time-zone',
    title: 'the image has no time zone data',
    check: (probe) => {
      const zone = (probe.env['TZ'] ?? '').replace(/^:/, '');
      const path = `/usr/share/zoneinfo/${zone === '' ? 'Europe/Paris' : zone}`;
      return isFile(probe, path)
        ? ruledOut(`${path} is there`)
        : confirmed(`no ${path} in the image${zone === '' ? '' : `, and TZ is ${zone}`}`);
    },
    notFatal: true,
    command: inspect,
    fixes: () => [
      'morsel build --env TZ=Europe/Paris, which adds that one zone (3.5 kB)',
      'Go: build with -tags timetzdata',
      'apk add tzdata; apt-get install tzdata',
    ],
  },
  {
    cause: 'no-tmp',
    title: 'the image has no /tmp, and runtimes make none',
    check: ({ tree, user }) => {
      const entry = tree.resolve('/tmp')?.entry;
      if (entry?.kind !== 'directory') return confirmed('no directory /tmp in the image');
      const writable = user.uid === 0 || (entry.mode & 0o002) !== 0 || entry.uid === user.uid;
      return writable
        ? ruledOut('/tmp is there and can be written')
        : confirmed(`/tmp has mode ${(entry.mode & 0o7777).toString(8)}, and the user is ${user.text}`);
    },
    notFatal: true,
    command: inspect,
    fixes: () => [
      'docker run --tmpfs /tmp, or an emptyDir at /tmp in Kubernetes',
      'add the directory with mode 1777 to the image (morsel build does so by itself when it sees mkstemp)',
    ],
  },
  {
    cause: 'read-only-root',
    title: 'the container runs with a read-only root file system',
    check: () => OPEN,
    command: () => 'docker inspect CONTAINER  # ReadonlyRootfs; Kubernetes: readOnlyRootFilesystem',
    fixes: () => ['mount a volume or a tmpfs where it writes: --tmpfs /tmp, --tmpfs /run'],
  },
  {
    cause: 'no-users',
    title: 'the image has no /etc/passwd, so that look-ups of users find nothing',
    check: (probe) =>
      isFile(probe, '/etc/passwd')
        ? ruledOut('/etc/passwd is there')
        : confirmed('no /etc/passwd in the image'),
    notFatal: true,
    command: inspect,
    fixes: () => [
      'add /etc/passwd and /etc/group of two lines (morsel build does so by itself when it sees getpwnam)',
      'Go: set USER and HOME in the environment',
    ],
  },
  {
    cause: 'no-locale',
    title: 'the environment asks for a locale that the image does not have',
    check: (probe) => {
      const locale = probe.env['LC_ALL'] ?? probe.env['LANG'];
      if (locale === undefined || /^(C|POSIX|)$/.test(locale)) return OPEN;
      const known = [locale, locale.replace(/\.UTF-8$/i, '.utf8')].some(
        (name) => probe.tree.resolve(`/usr/lib/locale/${name}`) !== null,
      );
      return known || isFile(probe, '/usr/lib/locale/locale-archive')
        ? ruledOut('/usr/lib/locale has locales')
        : confirmed(`the environment asks for ${locale}, and /usr/lib/locale does not have it`);
    },
    notFatal: true,
    command: inspect,
    fixes: () => ['leave LANG and LC_ALL unset', 'add /usr/lib/locale/C.utf8 (359 kB) and set LANG=C.UTF-8'],
  },
  {
    cause: 'no-name-server',
    title: 'names cannot be resolved: no network, no name server, or no /etc/hosts',
    check: () => OPEN,
    command: () => 'docker run --rm --network NETWORK busybox nslookup HOST',
    fixes: () => [
      'check --network and --dns; `--network none` has no name server',
      'programs on musl read only the resolv.conf and hosts that the runtime gives',
      'remove other modules than `files` and `dns` from the image’s /etc/nsswitch.conf',
    ],
  },
  {
    cause: 'nsswitch-module',
    title: 'the image’s nsswitch.conf names a module that the program cannot load',
    check: ({ tree }) => {
      const source = tree.open('/etc/nsswitch.conf');
      if (source === null) return ruledOut('there is no /etc/nsswitch.conf');
      const text = source.read(0, 65_536).toString('utf8');
      source.close();
      const module =
        /^(?:passwd|group|hosts):.*?\b(compat|mymachines|mdns\w*|resolve|myhostname|systemd|nis|ldap|sss|winbind)\b/m.exec(
          text,
        )?.[1];
      if (module === undefined) return ruledOut('it names only files and dns');
      const found = findByName(tree, `libnss_${module}.so.2`);
      return confirmed(
        `/etc/nsswitch.conf names ${module}, and ${found ?? `libnss_${module}.so.2 is not in the image`}`,
      );
    },
    notFatal: true,
    command: () => 'cat etc/nsswitch.conf',
    fixes: () => [
      'ship `passwd: files`, `group: files`, `hosts: files dns`, or no nsswitch.conf',
      'a static glibc program loads modules of its own version only: another one ends it with SIGFPE (136)',
    ],
  },
  {
    cause: 'missing-program',
    title: 'the program starts another one that is not in the image',
    check: (_probe, values) => (values['path'] === undefined ? OPEN : OPEN),
    command: (context) => `strace -f -e trace=execve .${programPath(context)}`,
    fixes: () => [
      'add it with its libraries: --add /usr/bin/TOOL:/usr/bin/TOOL:0755',
      'use a library instead of the tool',
    ],
  },
  {
    cause: 'terminal-description',
    title: 'the image has no terminfo entry for this TERM',
    check: (probe) => {
      const term = probe.env['TERM'] ?? 'xterm';
      const path = ['/usr/share', '/lib', '/etc', '/usr/lib']
        .map((prefix) => `${prefix}/terminfo/${term.slice(0, 1)}/${term}`)
        .find((candidate) => isFile(probe, candidate));
      return path === undefined
        ? confirmed(`no terminfo entry ${term} in the image`)
        : ruledOut(`${path} is there`);
    },
    notFatal: true,
    command: inspect,
    fixes: () => [
      'add one file: --add /usr/share/terminfo/x/xterm:/usr/share/terminfo/x/xterm',
      'docker run -e TERM=dumb',
    ],
  },
];
