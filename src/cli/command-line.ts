/** What the entry loads for everything but `--version`: one chunk, so that it is in the code cache. */
export { runProgram } from './program.ts';
export { hasUnwrittenOutput } from './standard-streams.ts';
export { writeCodeCache } from './write-code-cache.ts';
