import { findTool } from './find-tool.ts';
import { possibleNamespaces, type ProcessFamily } from './process-family.ts';
import { runCommand } from './run-command.ts';

/** A namespace takes milliseconds; a kernel or a policy that lets it hang has none. */
const TRIAL_TIMEOUT_MS = 5_000;

let known: Promise<ProcessFamily> | undefined;

/** The best way that works here: tried once by running `true`, then remembered for this process. */
export function findProcessFamily(): Promise<ProcessFamily> {
  known ??= tryFamilies();
  return known;
}

async function tryFamilies(): Promise<ProcessFamily> {
  const program = findTool('true');
  const candidates = program === null ? [] : possibleNamespaces(process.getuid?.() === 0);
  for (const prefix of candidates)
    if (await works([...prefix, program ?? ''])) return { kind: 'namespace', prefix };
  return { kind: 'supervised' };
}

async function works([program = '', ...args]: readonly string[]): Promise<boolean> {
  const command = { program, args, purpose: 'try a pid namespace' };
  const result = await runCommand(command, { timeoutMs: TRIAL_TIMEOUT_MS, outputLimitBytes: 1024 }).catch(
    () => null,
  );
  return result?.exitCode === 0;
}
