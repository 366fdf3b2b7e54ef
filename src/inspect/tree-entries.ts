import { compareBytes } from '../core/compare-bytes.ts';
import type { WalkedPath } from '../rootfs/index.ts';
import { capabilityText } from './capability-text.ts';
import type { PrivilegedFile, TreeEntry } from './report.ts';

const SETUID = 0o4000;
const SETGID = 0o2000;

/** Collects what a walk comes by: every path if they are wanted, and those that give rights. */
export class TreeEntries {
  readonly #entries: TreeEntry[] | null;
  readonly #privileged: PrivilegedFile[] = [];

  constructor(all: boolean) {
    this.#entries = all ? [] : null;
  }

  add({ path, entry }: WalkedPath): void {
    const { kind, uid, gid } = entry;
    const mode = entry.mode.toString(8).padStart(4, '0');
    if (this.#entries !== null) {
      const target = kind === 'symlink' ? entry.target : null;
      const sizeBytes = kind === 'file' ? entry.sizeBytes : 0;
      this.#entries.push({ path, kind, mode, uid, gid, sizeBytes, target });
    }
    if (kind !== 'file') return;
    const setuid = (entry.mode & SETUID) !== 0;
    const setgid = (entry.mode & SETGID) !== 0;
    const capabilities = capabilityText(entry.capability ?? null);
    if (!setuid && !setgid && capabilities === null) return;
    this.#privileged.push({ path, mode, uid, gid, setuid, setgid, capabilities });
  }

  /** By path. */
  sorted(): {
    readonly entries: readonly TreeEntry[] | null;
    readonly privileged: readonly PrivilegedFile[];
  } {
    const byPath = (a: { readonly path: string }, b: { readonly path: string }): number =>
      compareBytes(a.path, b.path);
    return { entries: this.#entries?.sort(byPath) ?? null, privileged: this.#privileged.sort(byPath) };
  }
}
