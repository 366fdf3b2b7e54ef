import { compareBytes } from './compare-bytes.ts';
import { entries, hostFile, missing, reasonOf, textFile, type Supplier } from './supply.ts';

export const supplyTmp: Supplier = (need) =>
  entries({ kind: 'directory', path: '/tmp', mode: 0o1777, reason: reasonOf(need) });

/** The zone that the run names, and nothing else: all zones are 3.9 MB. */
export const supplyTimeZone: Supplier = (need, { host }) => {
  const zone = need.details?.['zone'];
  if (zone === undefined) {
    return missing(
      need,
      'it reads time zones by name, and which ones is not known',
      'set the zone: --env TZ=Europe/Paris, or --add /usr/share/zoneinfo:/usr/share/zoneinfo for all (3.9 MB)',
    );
  }
  const path = `/usr/share/zoneinfo/${zone}`;
  const file = hostFile(host, path, path, need);
  return file === null
    ? missing(
        need,
        `the build machine has no ${path}`,
        'apt-get install tzdata, and check the name of the zone',
      )
    : { entries: [file] };
};

/** C.UTF-8 is a directory of its own on Debian; other locales are made by localedef and are the user's choice. */
export const supplyLocale: Supplier = (need, { host }) => {
  const locale = need.details?.['locale'] ?? '';
  const directory = '/usr/lib/locale/C.utf8';
  if (!/^C\.utf-?8$/i.test(locale)) {
    return missing(
      need,
      `the environment asks for the locale ${locale}`,
      'use LANG=C.UTF-8 (359 kB, supplied), or add a compiled locale: --add /usr/lib/locale/NAME:/usr/lib/locale/NAME',
    );
  }
  const files = listFiles(host, directory).map((path) => hostFile(host, path, path, need));
  return files.length === 0
    ? missing(need, `the build machine has no ${directory}`, 'apt-get install libc-bin')
    : entries(...files);
};

export const supplyTerminfo: Supplier = (need, { host }) => {
  const term = need.details?.['term'] ?? 'xterm';
  if (!/^[\w+.-]+$/.test(term)) return null;
  const below = `terminfo/${term.slice(0, 1)}/${term}`;
  const from = [`/usr/share/${below}`, `/usr/lib/${below}`, `/lib/${below}`, `/etc/${below}`].find(
    (path) => host.resolve(path)?.entry.kind === 'file',
  );
  // Every ncurses looks in /usr/share/terminfo; Debian's also in /lib and /etc.
  return from === undefined
    ? missing(
        need,
        `the build machine has no terminfo entry ${term}`,
        'apt-get install ncurses-base ncurses-term',
      )
    : entries(hostFile(host, from, `/usr/share/${below}`, need));
};

export const supplyServices: Supplier = (need, { host }) => {
  const files = ['/etc/services', '/etc/protocols'].map((path) => hostFile(host, path, path, need));
  return files[0] === null
    ? missing(need, 'the build machine has no /etc/services', 'apt-get install netbase')
    : entries(...files);
};

export const supplyMagic: Supplier = (need, { host }) => {
  const from = ['/usr/share/misc/magic.mgc', '/usr/lib/file/magic.mgc'].find(
    (path) => host.resolve(path)?.entry.kind === 'file',
  );
  return from === undefined
    ? missing(need, 'the build machine has no magic.mgc', 'apt-get install libmagic-mgc')
    : entries(hostFile(host, from, '/usr/share/misc/magic.mgc', need));
};

export const supplyLegacyProvider: Supplier = (need, { host, dynamic }) => {
  const directory = need.details?.['modulesdir'];
  if (directory === undefined || !dynamic) {
    return missing(
      need,
      'it loads OpenSSL providers, which a static program cannot',
      'link OpenSSL dynamically, or build it with no-module',
    );
  }
  const path = `${directory}/legacy.so`;
  const file = hostFile(host, path, path, need);
  return file === null
    ? missing(
        need,
        `the build machine has no ${path}`,
        'apt-get install libssl3 (openssl-provider-legacy on Debian 13)',
      )
    : { entries: [file] };
};

/** glibc before 2.34 looks for hosts in DNS first and loads its modules; later ones need no file. */
export const supplyNameResolution: Supplier = (need) => {
  const libraries = need.details?.['libraries'];
  if (libraries === undefined) return null;
  return {
    entries: [textFile('/etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files dns\n', need)],
    libraries: libraries.split(' ').map((name) => ({ name, reason: reasonOf(need) })),
  };
};

function listFiles(host: Parameters<Supplier>[1]['host'], directory: string): readonly string[] {
  const paths = [...host.list(directory)].sort(compareBytes).map((name) => `${directory}/${name}`);
  return paths.flatMap((path) =>
    host.resolve(path)?.entry.kind === 'directory' ? listFiles(host, path) : [path],
  );
}
