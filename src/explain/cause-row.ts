import { skopeoName } from '../places/index.ts';
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

/** The path of the program in question: from the target, else from the text, else a placeholder. */
export function programPath({ probe, values }: CauseContext): string {
  if (probe?.program.kind === 'file' || probe?.program.kind === 'directory') return probe.program.path;
  return values['path'] ?? (probe?.program.kind === 'not-found' ? probe.program.name : '/PROGRAM');
}

/** As an engine calls it: its own name where it has one. */
export const imageName = ({ probe }: CauseContext): string => probe?.image?.name ?? probe?.name ?? 'IMAGE';

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
  if (probe !== null && probe.architecture === null) return `find ${probe.name} -ls`;
  return `docker export $(docker create ${imageName(context)} x) | tar -tv`;
}
