import { mergedName } from './merged-name.ts';
import type { FileDigest, PackageRecord } from './owned-path.ts';

/** For fewer names it is quicker to look for each in a whole list than to look at each line of it. */
const FEW_NAMES = 16;

/** What databases say of wanted paths, by either of their names on a merged /usr; of several owners the first. */
export class OwnerTable {
  /** Each name that a database may have for a wanted path → that path. */
  readonly #names = new Map<string, string>();
  readonly #records = new Map<string, PackageRecord>();

  constructor(wanted: Iterable<string>) {
    for (const path of wanted) {
      this.#names.set(path, path);
      const other = mergedName(path);
      if (other !== null && !this.#names.has(other)) this.#names.set(other, path);
    }
  }

  /** Whether a list, a path a line, may hold a wanted path. */
  isWantedText(text: string): boolean {
    if (this.#names.size > FEW_NAMES) return true;
    return [...this.#names.keys()].some((name) => text.includes(name));
  }

  add(name: string, owner: string, configuration?: FileDigest): void {
    const path = this.#names.get(name);
    if (path === undefined) return;
    const known = this.#records.get(path);
    if (known === undefined)
      this.#records.set(path, { package: owner, isShared: false, configuration: configuration ?? null });
    else if (known.package !== owner && !known.isShared)
      this.#records.set(path, { ...known, isShared: true });
  }

  /** A digest of what is in the table already, or of a file that only its configuration is known by. */
  addConfiguration(name: string, digest: FileDigest, owner: string | null): void {
    const path = this.#names.get(name);
    if (path === undefined) return;
    const known = this.#records.get(path) ?? (owner === null ? null : { package: owner, isShared: false });
    if (known !== null) this.#records.set(path, { ...known, configuration: digest });
  }

  get(path: string): PackageRecord | null {
    const other = mergedName(path);
    return this.#records.get(path) ?? (other === null ? null : (this.#records.get(other) ?? null));
  }
}
