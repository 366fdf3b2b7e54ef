import type { ByteSource } from '../core/byte-source.ts';
import type { FoundCString } from '../elf/c-strings.ts';
import type { DlopenNote } from '../elf/dlopen-notes.ts';
import type { ElfFacts, ElfLinkage } from '../elf/facts.ts';
import type { FileTree } from '../rootfs/file-tree.ts';
import type { FailureText, LackCause } from './lack.ts';
import type { Places } from './places.ts';
import type { Decision, FoundEvidence, NeedContext, NeedText, Signature } from './signature.ts';
import type { Supplier } from './supply.ts';

/**
 * All that is known of one need. To add one, write a file in `families/` and its line in `families/index.ts`; finding,
 * supplying, the verdicts on bases and `explain` read it from there.
 *
 * `Cause` are the causes that this family gives to `explain`, `Named` those that its texts may mean: its own, or others
 * that `explain` has.
 */
export interface NeedFamily<
  Name extends string = string,
  Cause extends string = string,
  Named extends string = string,
> {
  /** Stable name: `ca-certificates`. */
  readonly need: Name;

  // What in the bytes tells it. Of several signatures the strongest that is found counts; equal ones are quoted together.
  readonly signatures: readonly Signature[];
  /** What no signature says: of the program and the libraries that it loads, without the C library and the compilers'. */
  readonly judge?: (subjects: Subjects) => Decision | null;
  /** What `judge` looks at, for the reference page. */
  readonly judges?: string;
  /** Texts that `decide` asks for in the program, so that they are looked for in one pass. */
  readonly asks?: readonly string[];
  /** The same for functions of Go. */
  readonly asksGo?: readonly string[];
  /** The last word, with what is known of the run: raises, lowers or drops (null) what the signatures found. */
  readonly decide?: (found: FoundEvidence, context: NeedContext) => Decision | null;

  // What a report says.
  /** What happens without it. */
  readonly failure: NeedText;
  readonly fix: NeedText;
  /** What the fix adds to an image. */
  readonly sizeBytes?: number;

  // Its files. A family without `places` and `fulfilledBy` is the program's or the runtime's matter: no tree is judged by it.
  readonly places?: Places;
  /**
   * Files and directories, with all below, that are this need's alone: what `--without` it keeps out of an image, though
   * the program uses it here.
   */
  readonly paths?: readonly (string | RegExp)[];
  /** What an image gets, for the reference page; where it is not given, it is the user's or the runtime's. */
  readonly brings?: string;
  /** Where a file at one of the places is not all that it takes. */
  readonly fulfilledBy?: (tree: FileTree) => boolean;
  readonly supply?: Supplier;
  /** Nothing is supplied, since the fix is the user's to choose; a `likely` need is worth a line. */
  readonly forTheUser?: true;

  // What `explain` learns.
  readonly causes?: readonly LackCause<Cause>[];
  /** The cause that an image without its files has; the first of its own where it is not given. */
  readonly lackIs?: Named;
  /** What programs print when it is missing. */
  readonly texts?: readonly FailureText<Named>[];
}

export interface Subjects {
  readonly program: ObjectEvidence;
  readonly libraries: readonly ObjectEvidence[];
}

/** What may be asked of one object; each is read when it is asked for. */
export interface ObjectEvidence {
  readonly linkage: ElfLinkage;
  readonly facts: ElfFacts;
  readonly source: ByteSource;
  hasSymbol(name: string): boolean;
  /** Whole C strings that hold `mark`. */
  literals(mark: string): readonly string[];
  /** What begins with a match of `mark` (which is global) among its constants. */
  textsFrom(mark: RegExp): readonly FoundCString[];
  dlopenNotes(): readonly DlopenNote[];
}

/** Keeps the names of a family as types, so that the registry knows them. */
export const needFamily = <
  const Name extends string,
  const Cause extends string = never,
  const Named extends string = never,
>(
  family: NeedFamily<Name, Cause, Named>,
): NeedFamily<Name, Cause, Named> => family;
