import {
  chmodSync,
  closeSync,
  constants,
  type Dir,
  type Dirent,
  existsSync,
  fstatSync,
  lstatSync,
  opendirSync,
  openSync,
  type Stats,
} from 'node:fs';

/** open(2): a descriptor that only names the directory, which its mode cannot forbid. One value on all of Node's Linuxes. */
const O_PATH = 0o10000000;
const ONLY_A_DIRECTORY = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** Names that the kernel is asked for at once: memory is bounded however many there are. */
const NAMES_AT_ONCE = 256;
const OWNER_ALL = 0o700;

/** Bytes of a name in a directory; both are strings of bytes (latin1), since names need not be UTF-8. */
export function inside(directory: string, name: string): Buffer {
  return Buffer.from(`${directory}/${name}`, 'latin1');
}

/**
 * Opens a directory of a tree that others may have made, so that what is done in it is done there and nowhere else:
 * never through a link, never into another file system, and also where its mode forbids its owner to enter.
 */
export function openDirectory(path: Buffer, device: number): OpenDirectory {
  // Without /proc there is nothing better than the name.
  if (!existsSync('/proc/self/fd')) return openByName(path, device);
  const fd = openSync(path, ONLY_A_DIRECTORY);
  try {
    // `/proc/self/fd/N/name` is what openat(2) does, which Node has not.
    const entry = `/proc/self/fd/${fd}`;
    enter(entry, fstatSync(fd), device);
    return new OpenDirectory(entry, fd);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function openByName(path: Buffer, device: number): OpenDirectory {
  const stat = lstatSync(path);
  if (!stat.isDirectory()) throw Object.assign(new Error('no directory'), { code: 'ENOTDIR' });
  enter(path, stat, device);
  return new OpenDirectory(path.toString('latin1'), null);
}

function enter(path: string | Buffer, stat: Stats, device: number): void {
  if (stat.dev !== device) throw Object.assign(new Error('a mount'), { code: 'EXDEV' });
  if ((stat.mode & OWNER_ALL) !== OWNER_ALL) chmodSync(path, OWNER_ALL);
}

export class OpenDirectory {
  /** In bytes; good as long as it is open. */
  readonly path: string;
  readonly #fd: number | null;
  #names: Dir | null = null;

  constructor(path: string, fd: number | null) {
    this.path = path;
    this.#fd = fd;
  }

  next(): Dirent | null {
    if (this.#names === null) this.rewind();
    return this.#names?.readSync() ?? null;
  }

  rewind(): true {
    this.#names?.closeSync();
    this.#names = null;
    const path = Buffer.from(this.path, 'latin1').toString();
    this.#names = opendirSync(path, { encoding: 'latin1', bufferSize: NAMES_AT_ONCE });
    return true;
  }

  close(): void {
    this.#names?.closeSync();
    this.#names = null;
    if (this.#fd !== null) closeSync(this.#fd);
  }
}
