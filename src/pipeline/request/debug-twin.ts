import { MorselError } from '../../core/errors.ts';
import type { BuildOptions } from './build-options.ts';

const TOOLS_LIMIT = 100;

/** Names of PATH, or absolute paths. Error: USAGE. */
export function parseDebugTwin({
  debugTwin,
  debugTools = [],
}: Pick<BuildOptions, 'debugTwin' | 'debugTools'>): { readonly tools: readonly string[] } | null {
  const tools = [...new Set(debugTools)];
  const wrong = tools.find((tool) => !/^(?:\/[^\0]*|[\w.+@-]+)$/.test(tool) || tool.endsWith('/'));
  if (wrong !== undefined || tools.length > TOOLS_LIMIT)
    throw new MorselError(
      'USAGE',
      `--debug-tools ${JSON.stringify((wrong ?? 'more than 100').slice(0, 80))}`,
      {
        hint: 'name programs of this machine, as in --debug-tools strace,/usr/bin/gdb',
      },
    );
  // Tools are asked for with nothing but the twin in mind.
  return debugTwin === true || tools.length > 0 ? { tools } : null;
}
