import {
  closeSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { MorselError } from '../../core/errors.ts';
import { readTar, type TarStreamMember } from '../../tar/index.ts';
import { writeError } from '../../core/write-error.ts';
import { CACHE_HINT } from './download-store.ts';
import { decompressFile } from './decompress-file.ts';

/** Of one tarball, unpacked. */
const UNPACKED_LIMIT_BYTES = 2 * 1024 * 1024 * 1024;
const MEMBERS_LIMIT = 200_000;

/**
 * Unpacks a tarball of sources into a new folder, with what is in it at its own place: no member and no link leads out of
 * the folder. A tarball with one folder in it is unpacked as that folder's content. Errors: TAR_INVALID, LIMIT_EXCEEDED,
 * UNSUPPORTED, DISK_FULL, WRITE_FAILED, TOOLCHAIN_MISSING.
 */
export async function unpackTarball(path: string, name: string, folder: string): Promise<void> {
  const aside = `${folder}.unpacking`;
  try {
    mkdirSync(aside);
    const unpacking = new Unpacking(aside, name);
    for await (const member of readTar(decompressFile(path, name, UNPACKED_LIMIT_BYTES)))
      await unpacking.add(member);
    const inside = readdirSync(aside, { withFileTypes: true });
    const [only] = inside;
    if (inside.length === 1 && only?.isDirectory() === true) {
      renameSync(join(aside, only.name), folder);
      rmdirSync(aside);
    } else renameSync(aside, folder);
  } catch (cause) {
    if (cause instanceof MorselError || (cause as NodeJS.ErrnoException).code === undefined) throw cause;
    throw writeError(folder, cause, CACHE_HINT);
  }
}

class Unpacking {
  readonly #folder: string;
  readonly #name: string;
  /** Whose children would lie elsewhere. */
  readonly #links = new Set<string>();
  #members = 0;

  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
  }

  async add({ header, content }: TarStreamMember): Promise<void> {
    this.#members += 1;
    if (this.#members > MEMBERS_LIMIT)
      throw new MorselError('LIMIT_EXCEEDED', `${this.#name} has more than ${MEMBERS_LIMIT} members`, {
        hint: 'no source of a library has as many: get it from a source that you trust',
      });
    const path = this.#inside(header.path);
    if (path === null) return;
    switch (header.kind) {
      case 'directory':
        return this.#makeParents(`${path}/x`);
      case 'file':
        this.#makeParents(path);
        return this.#write(path, header.mode, header.mtimeSeconds, content);
      case 'symlink':
        this.#makeParents(path);
        return this.#link(path, header.linkTarget);
      case 'hardlink':
        this.#makeParents(path);
        return this.#copy(path, header.linkTarget);
      case 'character-device':
      case 'block-device':
      case 'fifo':
        throw this.#hostile(header.path, `is a ${header.kind}`);
    }
  }

  /** Relative and without `..`; null for the root itself. */
  #inside(path: string): string | null {
    if (path.startsWith('/') || path.split('/').includes('..') || path.includes('\0'))
      throw this.#hostile(path, 'leads out of it');
    const inside = normalize(path).replace(/\/+$/, '');
    if (inside === '.' || inside === '') return null;
    const parts = inside.split('/');
    for (let end = 1; end < parts.length; end += 1)
      if (this.#links.has(parts.slice(0, end).join('/')))
        throw this.#hostile(path, 'lies behind a link of it');
    return inside;
  }

  #makeParents(path: string): void {
    mkdirSync(join(this.#folder, dirname(path)), { recursive: true, mode: 0o755 });
  }

  async #write(
    path: string,
    mode: number,
    mtimeSeconds: number,
    content: AsyncIterable<Buffer>,
  ): Promise<void> {
    this.#refuseSecond(path);
    const place = join(this.#folder, path);
    const fd = openSync(place, 'wx', (mode & 0o111) === 0 ? 0o644 : 0o755);
    try {
      for await (const piece of content)
        for (let done = 0; done < piece.length;) done += writeSync(fd, piece, done);
    } finally {
      closeSync(fd);
    }
    // make looks at them: what a release brings made is younger than what it was made of.
    utimesSync(place, mtimeSeconds, mtimeSeconds);
  }

  #link(path: string, target: string): void {
    const leads = normalize(join(dirname(path), target));
    // `a/..` of a link `a` leads elsewhere than its words do.
    const isRoundabout = /(?:^|\/)(?!\.{1,2}(?:\/|$))[^/]+\/(?:.*\/)?\.\.(?:\/|$)/.test(target);
    if (target.startsWith('/') || leads.startsWith('..') || isRoundabout)
      throw this.#hostile(path, `is a link out of it, to ${target}`);
    this.#refuseSecond(path);
    symlinkSync(target, join(this.#folder, path));
    this.#links.add(path);
  }

  #copy(path: string, target: string): void {
    const from = this.#inside(target);
    if (from === null || !this.#isFile(from))
      throw this.#hostile(path, `is a hard link to ${target}, which is no file of it`);
    this.#refuseSecond(path);
    copyFileSync(join(this.#folder, from), join(this.#folder, path));
  }

  #isFile(path: string): boolean {
    return lstatSync(join(this.#folder, path), { throwIfNoEntry: false })?.isFile() === true;
  }

  #refuseSecond(path: string): void {
    if (lstatSync(join(this.#folder, path), { throwIfNoEntry: false }) !== undefined)
      throw this.#hostile(path, 'is in it twice');
  }

  #hostile(path: string, what: string): MorselError {
    return new MorselError('TAR_INVALID', `${this.#name}: the member ${JSON.stringify(path)} ${what}`, {
      hint: 'no release of a library is made so: get it from a source that you trust',
    });
  }
}
