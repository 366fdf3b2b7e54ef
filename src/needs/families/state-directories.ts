import type { LayerEntry } from '../../rootfs/layer-entry.ts';
import { listNames } from '../../core/list-names.ts';
import { needFamily, type ObjectEvidence, type Subjects } from '../need-family.ts';
import type { Decision } from '../signature.ts';
import { reasonOf, type Supplier } from '../supply.ts';

/** Where services keep what they make (FHS 3.0, 3.15 and 5): sockets and process ids, data, logs. */
const MARK = /\/(?:var\/(?:run|lib|log|cache|spool)|run)\//g;
const STATE = /^\/(?:var\/)?(run|lib|log|cache|spool)\/([\w.@+-]+)((?:\/[\w.@+-]+)*)\/?$/;

/** Of the system: who names them asks it, and makes nothing there. */
const OF_THE_SYSTEM =
  /^(?:utmpx?|wtmpx?|btmp|lastlog|faillog|nscd|systemd|udev|dbus|user|lock|initctl|resolvconf|host|mount|shm|secrets|netns|docker|containerd|dpkg|apt|pacman|rpm|alternatives|locales|misc|xtables\.lock|agetty\.reload|motd\.dynamic|reboot-required|syslog|messages|sss|samba|winbindd|avahi-daemon|acpid\.socket|gssproxy\.sock|opendnssec|cron|mail|sudo|blkid|mdadm|lvm|pcscd|cups)$/;
const DIRECTORIES_LIMIT = 16;
const QUOTED = 3;

/** A file by its name: `app.pid`, `app.sock`, `error.log`. */
const FILE_NAME =
  /\.(?:pid|sock(?:et)?|lock|log|db|sqlite3?|dat|conf|json|state|ctl|err|out|txt|status|key|pem)$/;

/** Makes a file, a directory or a socket. */
const MAKES = [
  'open',
  'openat',
  'fopen',
  'creat',
  'mkdir',
  'mkdirat',
  'bind',
  'mkfifo',
  'freopen',
  '_ZNSt13basic_filebufIcSt11char_traitsIcEE4openEPKcSt13_Ios_Openmode',
];

function pathsOf(program: ObjectEvidence): readonly string[] {
  // In Go and Rust literals stand side by side: a name would take the next one in.
  if (program.facts.go !== null || program.facts.languages.includes('rust')) return [];
  return program.textsFrom(MARK).flatMap(({ text, isWhole }) => (isWhole ? [text] : []));
}

/** The directory that has to be there; null where the text tells none. */
function directoryOf(text: string, all: readonly string[]): string | null {
  const path = text.includes('%') ? text.slice(0, text.lastIndexOf('/', text.indexOf('%')) + 1) : text;
  if (path.includes('/../')) return null;
  const [, kind, name = '', rest = ''] = STATE.exec(path) ?? [];
  if (kind === undefined || OF_THE_SYSTEM.test(name)) return null;
  const whole = path.replace(/\/$/, '');
  const isDirectory =
    path.endsWith('/') ||
    all.some((other) => other.startsWith(`${whole}/`)) ||
    (rest === '' && kind !== 'run' && kind !== 'log' && !FILE_NAME.test(name));
  const directory = isDirectory ? whole : whole.slice(0, whole.lastIndexOf('/'));
  // Directly in /var/lib nobody makes a file.
  return /^\/var\/(?:lib|cache|spool)$/.test(directory) ? null : directory;
}

function judge({ program }: Subjects): Decision | null {
  const texts = pathsOf(program);
  if (texts.length === 0) return null;
  const directories = [...new Set(texts.flatMap((text) => directoryOf(text, texts) ?? []))].sort();
  if (directories.length === 0) return null;
  const isDynamic = program.linkage.link === 'dynamic';
  const makes = !isDynamic || MAKES.some((name) => program.hasSymbol(name));
  return {
    level: makes && directories.length <= DIRECTORIES_LIMIT ? 'likely' : 'possible',
    evidence: `names ${listNames(directories, QUOTED)} (${program.linkage.path})`,
    details: { directories: directories.slice(0, DIRECTORIES_LIMIT).join(' ') },
  };
}

const VAR_RUN = '/var/run';

/** Of the user that the image runs as; /var/run is a link to /run, as on every system (FHS 3.0, 5.13). */
const supply: Supplier = (need, { user }) => {
  const reason = reasonOf(need);
  const named = need.details?.['directories']?.split(' ') ?? ['/run'];
  const isInVarRun = (path: string): boolean => path === VAR_RUN || path.startsWith(`${VAR_RUN}/`);
  const directories = new Set(named.map((path) => (isInVarRun(path) ? path.slice('/var'.length) : path)));
  const link: LayerEntry = { kind: 'symlink', path: VAR_RUN, target: '/run', reason };
  return {
    entries: [
      ...[...directories].map((path): LayerEntry => ({
        kind: 'directory',
        path,
        mode: 0o755,
        ...user,
        reason,
      })),
      ...(named.some(isInVarRun) ? [link] : []),
    ],
  };
};

/** Directories in which a service makes its files, which no runtime has. */
export const stateDirectories = needFamily({
  need: 'state-directories',
  signatures: [],
  judge,
  judges:
    'literals of C and C++ programs that name files or directories below `/run`, `/var/run`, `/var/lib`, `/var/log`, `/var/cache`, `/var/spool`, without those of the system',
  failure: 'a pid file, a socket, a log or data cannot be made (ENOENT): no runtime makes its directory',
  fix: 'the directory, of the user that the image runs as; a volume where what is in it is to stay',
  sizeBytes: 0,
  brings:
    'each directory that the program’s own literals name below `/run`, `/var/run`, `/var/lib`, `/var/log`, `/var/cache` and `/var/spool`, empty, of the image’s user',
  supply,
});
