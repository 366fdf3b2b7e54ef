import { findTool } from '../../core/find-tool.ts';
import { runCommand } from '../../core/run-command.ts';
import type { LibraryRow } from '../rows/library-row.ts';

/** Programs whose own data goes into a library: infocmp writes the descriptions of terminals that tic's database has. */
const DATA_PROGRAMS = ['infocmp'];
const ASK_TIMEOUT_MS = 10_000;

/** Of the programs that a row names, those that decide its bytes, each with the version that it says. */
export async function toolVersions(
  row: LibraryRow,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const versions: string[] = [];
  for (const { program } of row.buildTools ?? []) {
    const path = findTool(program);
    if (path === null || !DATA_PROGRAMS.includes(program)) continue;
    const command = { program: path, args: ['-V'], purpose: `ask ${program} for its version` };
    const result = await runCommand(command, { signal, timeoutMs: ASK_TIMEOUT_MS, outputLimitBytes: 4096 });
    versions.push(`${program} ${result.stdout.trim()}`);
  }
  return versions;
}
