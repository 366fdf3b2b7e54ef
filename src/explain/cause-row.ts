import { formatRegistryReference, skopeoName } from '../places/index.ts';
import type { ImageLocation } from '../places/location.ts';
import type { Ruling } from '../needs/lack.ts';
import type { TargetProbe } from './target-probe.ts';

/** Values taken from the error text by a pattern's named groups: `path`, `library`, `version`, `symbol` … */
export type TextValues = Readonly<Record<string, string>>;

export interface CauseContext {
  readonly values: TextValues;
  /** null with an error text alone. */
  readonly probe: TargetProbe | null;
}

/**
 * One cause as data. To add one, write an object in its file, and name it in the patterns that it explains; those of
 * what a program lacks at run time come from the families of needs.
 * A cause whose `check` can confirm from the files alone takes part in predictions.
 */
export interface CauseRow<Name extends string = string> {
  readonly cause: Name;
  readonly title: string | ((context: CauseContext) => string);
  readonly check?: (probe: TargetProbe, values: TextValues) => Ruling;
  /** Confirmed without any error text, it still only says what may happen: it ends no start by itself. */
  readonly notFatal?: true;
  /** A command to see for oneself. */
  readonly command: (context: CauseContext) => string;
  readonly fixes: (context: CauseContext) => readonly string[];
}

/** Keeps the names of causes as types, so that one that no row has does not compile anywhere. */
export const causeRows = <const Name extends string>(
  rows: readonly CauseRow<Name>[],
): readonly CauseRow<Name>[] => rows;

/** The path of the program in question: from the target, else as the text has it, else a placeholder. */
export function programPath({ probe, values }: CauseContext): string {
  if (probe?.program.kind === 'file' || probe?.program.kind === 'directory') return probe.program.path;
  const named = values['path'] ?? programOf(values);
  return named ?? (probe?.program.kind === 'not-found' ? probe.program.name : 'PROGRAM');
}

/** `required by ./app`: the one that asks is as a rule the program, where it is no library. */
function programOf({ requiredBy }: TextValues): string | undefined {
  return requiredBy === undefined || /\.so(\.|$)/.test(requiredBy) ? undefined : requiredBy;
}

/** For titles, where a placeholder would be taken for a name. */
export function programName(context: CauseContext): string {
  const path = programPath(context);
  return path === 'PROGRAM' ? 'the program' : path;
}

/**
 * The program as a command names it that is typed here: the file that was given, its place in the root that was given, or
 * below the current directory, where an image's files may have been unpacked.
 */
export function programFile(context: CauseContext): string {
  const { probe } = context;
  if (probe?.file != null) return shellWord(probe.file);
  const path = programPath(context);
  if (probe !== null && probe.architecture === null) return shellWord(below(probe.name, path));
  return shellWord(/^\.{1,2}\//.test(path) ? path : below('.', path));
}

/** To find it in a list of files, where paths begin with `./` or without a slash. */
export const programPattern = (context: CauseContext): string =>
  shellWord(programPath(context).replace(/^[./]+/, ''));

const below = (directory: string, path: string): string =>
  `${directory.replace(/\/$/, '')}/${path.replace(/^\/+/, '')}`;

/** `/` of the files that are looked at, for `morsel ldd --root`. */
export function lddCommand(context: CauseContext): string {
  const { probe } = context;
  if (probe !== null && probe.architecture === null && probe.file === null)
    return `morsel ldd --root ${shellWord(probe.name)} ${shellWord(programPath(context))}`;
  return probe?.file == null && probe !== null
    ? `morsel ldd --root ROOT ${shellWord(programPath(context))}`
    : `morsel ldd ${programFile(context)}`;
}

/** One word for a shell, whatever the text or the image that it comes from calls its files. */
function shellWord(word: string): string {
  return /^[\w./+:@%,=][\w./+:@%,=-]*$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** As an engine calls it: its own name where it has one. */
export const imageName = ({ probe }: CauseContext): string =>
  nameOfImage(probe?.image ?? null) ?? probe?.name ?? 'IMAGE';

function nameOfImage(image: ImageLocation | null): string | undefined {
  if (image?.kind === 'registry') return formatRegistryReference(image.reference);
  return image === null || image.kind === 'stdin' ? undefined : image.name;
}

/** A command that shows the image's configuration. */
export function showConfig(context: CauseContext): string {
  const { probe } = context;
  return probe?.image == null
    ? `docker inspect ${imageName(context)}`
    : `skopeo inspect --config ${skopeoName(probe.image)}`;
}

/** A command that lists the image's files with their modes and owners. */
export function listFiles(context: CauseContext): string {
  const { probe } = context;
  if (probe !== null && probe.architecture === null) return `find ${shellWord(probe.file ?? probe.name)} -ls`;
  return `docker export $(docker create ${imageName(context)} x) | tar -tv`;
}
