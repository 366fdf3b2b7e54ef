import type { ElfFacts } from '../elf/facts.ts';
import type { FileTree } from '../rootfs/file-tree.ts';

/** An image as a need looks at it: its files, and how its program is run. */
export interface ImageInUse {
  readonly tree: FileTree;
  readonly env: Readonly<Record<string, string>>;
  /** uid null: a name that the image does not know. */
  readonly user: { readonly text: string; readonly uid: number | null };
  /** null where what is started is no ELF file. */
  readonly program: ElfFacts | null;
  /** Where it is started: relative paths are looked up there. */
  readonly cwd: string;
  /** By the named groups of the text that was recognised: which terminal, which zone. */
  readonly said: Said;
}

export type Said = Readonly<Record<string, string>>;

/** What the files of an image say of a cause. */
export type Ruling =
  | { readonly kind: 'confirmed'; readonly evidence: string }
  | { readonly kind: 'ruled-out'; readonly because: string }
  /** The files do not say. */
  | { readonly kind: 'open' };

export const confirmed = (evidence: string): Ruling => ({ kind: 'confirmed', evidence });
export const ruledOut = (because: string): Ruling => ({ kind: 'ruled-out', because });
export const OPEN: Ruling = { kind: 'open' };

/** Why a program fails that started without what it needs: a cause of `explain`. It ends no start by itself. */
export interface LackCause<Name extends string = string> {
  /** Stable kebab-case name: `no-ca-certificates`. */
  readonly cause: Name;
  readonly title: string;
  /** Where it is not given, files never say. */
  readonly check?: (image: ImageInUse) => Ruling;
  /** A command to see for oneself; where it is not given, `morsel inspect` shows the need. */
  readonly command?: (programFile: string) => string;
  /** Commands or steps, best first. */
  readonly fixes: readonly string[] | ((said: Said) => readonly string[]);
}

/** The exact words of a program, a library or a loader. */
export interface FailureText<Named extends string = string> {
  /** Who prints it, and what: shown as recognised. */
  readonly name: string;
  readonly match: RegExp;
  /** Names of causes, the most likely first. */
  readonly causes: readonly Named[];
  /** `libc`: as exact as what the loader prints, so that it wins over the words of programs. */
  readonly by?: 'libc';
}
