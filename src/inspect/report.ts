import type { ElfFacts, Libc, Language, LinkKind } from '../elf/index.ts';
import type { Verdict } from '../base/index.ts';
import type { Need } from '../needs/index.ts';

/** What `inspect` says of one file (DESIGN section 3); `elf` and `script` are filled for those kinds only. */
export interface FileReport {
  readonly path: string;
  readonly kind: 'elf' | 'script' | 'archive' | 'image' | 'other';
  readonly sizeBytes: number;
  readonly machine: string | null;
  readonly link: LinkKind | null;
  readonly libc: Libc | null;
  readonly libcEvidence: string | null;
  readonly interpreter: string | null;
  readonly needed: readonly string[];
  readonly languages: readonly Language[];
  readonly minimumGlibc: string | null;
  /** The symbols that ask for it, such as `__libc_start_main`. */
  readonly minimumGlibcSymbols: readonly string[];
  readonly stripped: boolean | null;
  readonly needs: readonly Need[];
  readonly verdicts: readonly Verdict[];
  readonly facts: ElfFacts | null;
}

/** What `inspect` says of a directory, an archive, a layout or an image: every ELF file in it. */
export interface TreeReport {
  readonly path: string;
  readonly kind: 'directory' | 'image';
  readonly sizeBytes: number;
  readonly files: number;
  readonly elf: readonly TreeElfFile[];
  /** Libraries that some file asks for and the tree does not have. */
  readonly missing: readonly { readonly name: string; readonly neededBy: readonly string[] }[];
  /** Files with equal content under several paths. */
  readonly duplicates: readonly { readonly sizeBytes: number; readonly paths: readonly string[] }[];
}

export interface TreeElfFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly machine: string;
  readonly link: LinkKind;
  readonly libc: Libc;
  readonly interpreter: string | null;
  readonly missing: readonly string[];
  /** The Debian or Alpine package that owns the path, where the tree has a package database. */
  readonly package: string | null;
}
