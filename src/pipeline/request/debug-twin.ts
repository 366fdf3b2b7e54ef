import { MorselError } from '../../core/errors.ts';
import type { WritableLocation } from '../../places/index.ts';
import type { BuildOptions } from './build-options.ts';

/** The image once more, with a layer of tools. */
export interface DebugTwinRequest {
  /** Names of PATH, or absolute paths. */
  readonly tools: readonly string[];
}

const TOOLS_LIMIT = 100;
const SHOWN_CHARACTERS = 80;

/** Error: USAGE. */
export function parseDebugTwin({
  debugTwin,
  debugTools = [],
}: Pick<BuildOptions, 'debugTwin' | 'debugTools'>): DebugTwinRequest | null {
  const tools = [...new Set(debugTools)];
  const wrong = tools.find((tool) => !/^(?:\/[^\0]*[^\0/]|[\w.+@-]+)$/.test(tool));
  const problem =
    wrong !== undefined
      ? `${JSON.stringify(wrong.slice(0, SHOWN_CHARACTERS))} is not the name of a program`
      : tools.length > TOOLS_LIMIT
        ? `more than ${TOOLS_LIMIT} tools`
        : null;
  if (problem !== null)
    throw new MorselError('USAGE', `debug tools: ${problem}`, {
      hint: 'name programs of this machine, as in --debug-tools strace,/usr/bin/gdb',
    });
  // Whoever asks for tools asks for what they are for.
  return debugTwin === true || tools.length > 0 ? { tools } : null;
}

/** `NAME-debug.tar` beside an archive; in a layout it is another tag. */
export function debugTwinPlace({ kind, path }: WritableLocation): WritableLocation {
  return { kind, path: kind === 'archive' ? `${path.replace(/\.tar$/, '')}-debug.tar` : path };
}

/** `web-debug:1.0` of `web:1.0` in an archive of its own, and `web:1.0-debug` in the same layout. */
export function debugTwinReferences(
  references: readonly string[],
  { kind }: WritableLocation,
): readonly string[] {
  return references.map((reference) => {
    if (kind === 'layout') return `${reference}-debug`;
    const at = reference.lastIndexOf(':');
    return `${reference.slice(0, at)}-debug${reference.slice(at)}`;
  });
}
