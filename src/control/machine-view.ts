import { isBelow } from '../core/is-below.ts';
import type { PackageFamily } from '../packages/index.ts';
import {
  type FileBelow,
  filesBelow,
  type FileTree,
  type FileTreeEntry,
  resolvePath,
} from '../rootfs/index.ts';
import { GENERATED_DIRECTORIES } from './generated-files.ts';
import { isSeenIn, type Place, type PlannedDirectory } from './root-plan.ts';
import { isClosed, isSecretName } from './secrets.ts';

/** What of this machine a program in a control run sees, before anything of its own. */
export interface MachineView {
  readonly places: readonly Place[];
  readonly links: readonly { readonly path: string; readonly target: string }[];
  /** Made empty: what packages have for data is seen, the data are not. */
  readonly directories: readonly PlannedDirectory[];
}

/** What a merged /usr has links for. */
const MERGED_NAMES = ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'];
/** Top-level directories that are seen not whole, or never. */
const NEVER_WHOLE = new Set(
  'boot dev etc home lost+found media mnt proc root run srv sys tmp usr var'.split(' '),
);

/** @param family of the program's package; null for a program that is in none. */
export function machineView(machine: FileTree, family: PackageFamily | null): MachineView {
  const links: { path: string; target: string }[] = [];
  const places: Place[] = ['/usr', '/etc'].filter(isDirectoryOf(machine)).map(ownPlace);
  for (const name of MERGED_NAMES) {
    const entry = machine.lstat(`/${name}`);
    if (entry?.kind === 'symlink') links.push({ path: `/${name}`, target: entry.target });
    else if (entry?.kind === 'directory') places.push(ownPlace(`/${name}`));
  }
  if (family === null) return { places, links, directories: [] };
  places.push(...furtherDirectories(machine, family).map(ownPlace));
  const { data, directories } = dataOf(machine, family);
  return { places: [...places, ...data], links, directories };
}

const ownPlace = (path: string): Place => ({ source: path, target: path });

function isDirectoryOf(machine: FileTree): (path: string) => boolean {
  return (path) => machine.lstat(path)?.kind === 'directory';
}

/** Where else the family has put files: /opt/NAME, or a top-level directory of its own. */
function furtherDirectories(machine: FileTree, { paths }: PackageFamily): readonly string[] {
  const found = new Set<string>();
  for (const path of paths) {
    const [, top = '', below] = path.split('/');
    if (top === '' || top === '.' || NEVER_WHOLE.has(top) || MERGED_NAMES.includes(top)) continue;
    if (top !== 'opt') found.add(`/${top}`);
    else if (below !== undefined) found.add(`/opt/${below}`);
  }
  return [...found].filter(isDirectoryOf(machine)).sort();
}

interface Data {
  readonly data: readonly Place[];
  readonly directories: readonly PlannedDirectory[];
}

/** Of /var what the family has there: empty directories, the files that it brought, and what is made of these. */
function dataOf(machine: FileTree, { paths }: PackageFamily): Data {
  const data: Place[] = [];
  const directories: PlannedDirectory[] = [];
  for (const path of [...new Set(paths)].filter(isData).sort()) {
    const entry = machine.resolve(path)?.path === path ? machine.lstat(path) : null;
    if (entry === null || isSeenIn(data, path)) continue;
    if (entry.kind === 'directory' && GENERATED_DIRECTORIES.includes(path)) data.push(ownPlace(path));
    else if (entry.kind === 'directory') directories.push(directoryLike(path, entry));
    else if (entry.kind === 'file' && !isClosed(entry)) data.push(ownPlace(path));
  }
  return { data, directories };
}

/** Links to /run, what the image has or has not, and the databases of the packages themselves. */
const NO_DATA = /^\/var\/(?:tmp|run|lock|lib\/dpkg)(?:\/|$)/;

function isData(path: string): boolean {
  return isBelow(path, '/var') && !NO_DATA.test(path);
}

function directoryLike(path: string, { mode, uid, gid }: FileTreeEntry): PlannedDirectory {
  return { path, mode, uid, gid };
}

/**
 * Files and directories of this machine's /etc that not everybody may read: a program that runs as root could, though it
 * has no capabilities, since they are root's own.
 */
export function closedPaths(): readonly string[] {
  const isCovered = (found: FileBelow): boolean => isClosed(found) || isSecretName(found.path);
  return filesBelow('/etc', (found) => !isCovered(found))
    .filter(isCovered)
    .map(({ path }) => path);
}

/** A path as it will be found in the root: links of what is seen are followed, but for the last name. */
export function canonicalTarget(view: MachineView, machine: FileTree, target: string): string {
  const links = new Map(view.links.map(({ path }) => [path, true]));
  const lstat = (path: string): FileTreeEntry | null =>
    path === '/' || links.has(path) || isSeenIn(view.places, path) ? machine.lstat(path) : null;
  let at = '';
  const names = target.split('/').filter((name) => name !== '' && name !== '.');
  for (const [index, name] of names.entries()) {
    const next = `${at}/${name}`;
    const isLast = index === names.length - 1;
    const found = isLast ? null : (resolvePath(next, lstat)?.path ?? null);
    at = found === null ? next : found === '/' ? '' : found;
  }
  return at === '' ? '/' : at;
}
