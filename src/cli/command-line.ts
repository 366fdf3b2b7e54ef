import type * as CodeCacheWriter from './start/write-code-cache.ts';

/** What the entry loads for everything but `--version`: one chunk, so that it is in the code cache. */
export { runProgram } from './start/program.ts';
export { hasUnwrittenOutput } from './text/standard-streams.ts';

/** Loaded where there is something to write: its parts are chunks that most starts do without. */
export async function writeCodeCache(
  ...given: Parameters<typeof CodeCacheWriter.writeCodeCache>
): Promise<void> {
  (await import('./start/write-code-cache.ts')).writeCodeCache(...given);
}
