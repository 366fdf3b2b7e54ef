import type { FoundBy } from './closure.ts';
import type { LinkFacts } from './link-facts.ts';
import type { ObjectFile } from './session.ts';

/** An object in the memory of the program that is being followed: glibc's `link_map`, musl's `struct dso`. */
export interface LoadedObject {
  /** As the loader opened it and would print it. */
  readonly path: string;
  /** null for the interpreter that the tree lacks. */
  readonly file: ObjectFile | null;
  readonly link: LinkFacts;
  /** The object that asked for it first: its RPATH may count here. */
  readonly loader: LoadedObject | null;
  /** $ORIGIN; null when it cannot be known. */
  readonly origin: string | null;
  /** The name that asked for it first, and the path of the object that did. */
  name: string;
  neededBy: string;
  readonly foundBy: FoundBy;
  readonly reason: string | null;
  /** The interpreter is there from the start: it is a library of the program only when something asks for it. */
  wanted: boolean;
}
