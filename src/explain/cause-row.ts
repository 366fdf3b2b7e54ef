import type { TargetProbe } from './target-probe.ts';

/** Values taken from the error text by a pattern's named groups: `path`, `library`, `version`, `symbol` … */
export type TextValues = Readonly<Record<string, string>>;

/** What a cause's check against the target says. */
export type Ruling =
  | { readonly kind: 'confirmed'; readonly evidence: string }
  | { readonly kind: 'ruled-out'; readonly because: string }
  /** The files do not say. */
  | { readonly kind: 'open' };

export interface CauseContext {
  readonly values: TextValues;
  /** null with an error text alone. */
  readonly probe: TargetProbe | null;
}

/**
 * One cause as data. To add one, write an object in its family's file, and name it in the patterns that it explains.
 * A cause whose `check` can confirm from the files alone takes part in predictions.
 */
export interface CauseRow {
  readonly cause: string;
  readonly title: string | ((context: CauseContext) => string);
  readonly check?: (probe: TargetProbe, values: TextValues) => Ruling;
  /** Confirmed without any error text, it still only says what may happen: it ends no start by itself. */
  readonly notFatal?: true;
  /** A command to see for oneself. */
  readonly command: (context: CauseContext) => string;
  readonly fixes: (context: CauseContext) => readonly string[];
}

/** A text that docker, a loader or a program prints. */
export interface ErrorPattern {
  /** Who prints it, and what: shown as recognised. */
  readonly name: string;
  readonly match: RegExp;
  /** Names of causes, the most likely first. */
  readonly causes: readonly string[];
}

export const confirmed = (evidence: string): Ruling => ({ kind: 'confirmed', evidence });
export const ruledOut = (because: string): Ruling => ({ kind: 'ruled-out', because });
export const OPEN: Ruling = { kind: 'open' };

/** The path of the program in question: from the target, else from the text, else a placeholder. */
export function programPath({ probe, values }: CauseContext): string {
  if (probe?.program.kind === 'file' || probe?.program.kind === 'directory') return probe.program.path;
  return values['path'] ?? (probe?.program.kind === 'not-found' ? probe.program.name : '/PROGRAM');
}

export const imageName = ({ probe }: CauseContext): string => probe?.name ?? 'IMAGE';

/** A command that shows the image's configuration. */
export function showConfig(context: CauseContext): string {
  const name = imageName(context);
  if (context.probe === null) return `docker inspect ${name}`;
  return `skopeo inspect --config ${name.endsWith('.tar') ? 'docker-archive' : 'oci'}:${name}`;
}

/** A command that lists the image's files with their modes and owners. */
export function listFiles(context: CauseContext): string {
  const { probe } = context;
  if (probe !== null && probe.architecture === null) return `find ${probe.name} -ls`;
  return `docker export $(docker create ${imageName(context)} x) | tar -tv`;
}
