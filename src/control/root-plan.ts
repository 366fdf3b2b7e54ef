import { MorselError } from '../core/errors.ts';
import { isAtOrBelow } from '../core/is-below.ts';
import type { FileTree, FileTreeEntry } from '../rootfs/index.ts';

/** A file or directory of this machine, and where it is seen; the target is canonical in the planned root. */
export interface Place {
  readonly source: string;
  readonly target: string;
}

/** A root directory to make, and what is mounted on it, each mount after those that it lies in. */
export interface RootPlan {
  readonly directories: readonly PlannedDirectory[];
  readonly links: readonly { readonly path: string; readonly target: string }[];
  readonly mounts: readonly Place[];
}

export interface PlannedDirectory {
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** A mount is a handful of system calls, about 0.2 ms each. */
const MOUNTS_LIMIT = 4096;

/**
 * Mounts for places that may lie in each other. In a directory of this machine, which is only read, no mount point can be
 * made and no link be taken away: such a directory is opened, that is made anew with each of its names mounted alone.
 * @param absent canonical places that are not to be seen. Error: UNSUPPORTED where too many mounts would be needed.
 */
export function planRoot(places: readonly Place[], absent: ReadonlySet<string>, machine: FileTree): RootPlan {
  const planner = new RootPlanner(places, absent, machine);
  for (const path of absent) planner.open(path);
  return planner;
}

class RootPlanner implements RootPlan {
  readonly directories: PlannedDirectory[] = [];
  readonly links: { path: string; target: string }[] = [];
  readonly #places: ReadonlyMap<string, Place>;
  readonly #absent: ReadonlySet<string>;
  readonly #machine: FileTree;
  readonly #mounts = new Map<string, Place>();

  constructor(places: readonly Place[], absent: ReadonlySet<string>, machine: FileTree) {
    this.#places = new Map(places.map((place) => [place.target, place]));
    this.#absent = absent;
    this.#machine = machine;
    const outerFirst = [...this.#places.values()].sort((a, b) => depthOf(a.target) - depthOf(b.target));
    for (const place of outerFirst) this.#add(place);
  }

  get mounts(): readonly Place[] {
    return [...this.#mounts.values()].sort((a, b) => depthOf(a.target) - depthOf(b.target));
  }

  /** Opens what `path` is seen in, until it is seen in nothing. */
  open(path: string): void {
    for (let outer = this.#outerOf(path); outer !== null; outer = this.#outerOf(path)) {
      if (this.#machine.lstat(placeIn(outer, path)) === null) return;
      this.#openMount(outer);
    }
  }

  #add(place: Place): void {
    const kind = this.#machine.resolve(place.source)?.entry.kind;
    for (let outer = this.#outerOf(place.target); outer !== null; outer = this.#outerOf(place.target)) {
      if (this.#machine.lstat(placeIn(outer, place.target))?.kind === kind) break;
      this.#openMount(outer);
    }
    this.#mount(place);
  }

  #mount(place: Place): void {
    this.#mounts.set(place.target, place);
    if (this.#mounts.size <= MOUNTS_LIMIT) return;
    throw new MorselError(
      'UNSUPPORTED',
      `more than ${MOUNTS_LIMIT} mounts are needed to show ${place.target} on this machine`,
      {
        hint: 'give the program another place in the image: --path /NAME',
      },
    );
  }

  /** The innermost mount that `path` lies in. */
  #outerOf(path: string): Place | null {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const mount = this.#mounts.get(path.slice(0, end));
      if (mount !== undefined) return mount;
    }
    return null;
  }

  #openMount(mount: Place): void {
    const { source, target } = mount;
    const entry = this.#machine.resolve(source)?.entry;
    if (entry?.kind !== 'directory') throw notADirectory(target);
    this.#mounts.delete(target);
    this.directories.push({ path: target, mode: entry.mode, uid: entry.uid, gid: entry.gid });
    for (const name of this.#machine.list(source)) this.#showAlone(join(source, name), join(target, name));
  }

  #showAlone(source: string, target: string): void {
    if (this.#absent.has(target) || this.#places.has(target)) return;
    const entry = this.#machine.lstat(source);
    if (entry?.kind === 'symlink') this.links.push({ path: target, target: entry.target });
    else if (isShown(entry)) this.#mount({ source, target });
  }
}

/** Devices, pipes and sockets are nobody's business. */
function isShown(entry: FileTreeEntry | null): boolean {
  return entry?.kind === 'file' || entry?.kind === 'directory';
}

function notADirectory(path: string): MorselError {
  return new MorselError('USAGE', `${path} is a file, and something is to lie in it`, {
    hint: 'choose another target',
  });
}

function placeIn(outer: Place, path: string): string {
  return outer.source + path.slice(outer.target.length);
}

export function isSeenIn(places: readonly Place[], path: string): boolean {
  return places.some(({ target }) => isAtOrBelow(path, target));
}

function join(directory: string, name: string): string {
  return directory === '/' ? `/${name}` : `${directory}/${name}`;
}

function depthOf(path: string): number {
  return path.split('/').length;
}
