import type { ElfFile } from '../../elf/elf-file.ts';
import type { ElfFacts } from '../../elf/facts.ts';
import type { Need } from '../../needs/index.ts';

/** How many names a reason spells out. */
export const NAMED_LIMIT = 4;

/** Will the program *start* on a base? Needs that it meets later are said in the reason of a `yes`. */
export interface Verdict {
  /** `scratch`, `debian:12`; the name of the tree for a base given by the user. */
  readonly base: string;
  /** The base's image that is meant: `linux/386`. Not given for a base of the user's own, and where there is none. */
  readonly platform?: string;
  /** `unknown`: what is known of the base does not decide it. */
  readonly runs: 'yes' | 'no' | 'unknown';
  /** One sentence. */
  readonly reason: string;
  /** A command or a step that changes a `no`. */
  readonly fix?: string;
}

export interface JudgeRequest {
  readonly facts: ElfFacts;
  /** From `findNeeds`; what a base does not fulfil is said in its reason. */
  readonly needs: readonly Need[];
  /** The program itself: which functions it imports refines a `yes`. */
  readonly elf?: ElfFile;
}
