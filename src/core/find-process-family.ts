import type { Command } from './command.ts';
import { findTool } from './find-tool.ts';
import { possibleNamespaces, type ProcessFamily } from './process-family.ts';
import { type CommandResult, runCommand, type RunCommandOptions } from './run-command.ts';

/** A namespace takes milliseconds; a kernel or a policy that lets it hang has none. */
const TRIAL_TIMEOUT_MS = 5_000;

let known: Promise<ProcessFamily> | undefined;
let firstWorks = false;

/** The best way that works here: tried once by running `true`, then remembered for this process. */
export function findProcessFamily(): Promise<ProcessFamily> {
  known ??= tryFamilies();
  return known;
}

/**
 * Runs a command with all that it starts in the best way that works here. While that is being tried, the command runs in the
 * one that works nearly everywhere, and begins once more where it does not. Errors: those of `runCommand`.
 */
export async function runInFamily(command: Command, options: RunCommandOptions): Promise<CommandResult> {
  const first = known === undefined || firstWorks ? firstFamily() : null;
  if (first === null) return runCommand(command, { ...options, family: await findProcessFamily() });
  if (firstWorks) return runCommand(command, { ...options, family: first });
  const wrong = new AbortController();
  const signal =
    options.signal === undefined ? wrong.signal : AbortSignal.any([options.signal, wrong.signal]);
  const running = runCommand(command, { ...options, signal, family: first });
  running.catch(() => {});
  const family = await findProcessFamily();
  if (firstWorks) return running;
  wrong.abort();
  await running.catch(() => {});
  return runCommand(command, { ...options, family });
}

async function tryFamilies(): Promise<ProcessFamily> {
  const first = firstFamily();
  const program = findTool('true');
  const candidates = program === null ? [] : possibleNamespaces(process.getuid?.() === 0);
  for (const prefix of candidates)
    if (await works([...prefix, program ?? ''])) {
      firstWorks = String(prefix) === String(first?.prefix);
      return { kind: 'namespace', prefix };
    }
  return { kind: 'supervised' };
}

/** Of those that may work here; null where none can be tried. */
function firstFamily(): (ProcessFamily & { readonly kind: 'namespace' }) | null {
  const [prefix] = possibleNamespaces(process.getuid?.() === 0);
  return prefix === undefined ? null : { kind: 'namespace', prefix };
}

async function works([program = '', ...args]: readonly string[]): Promise<boolean> {
  const command = { program, args, purpose: 'try a pid namespace' };
  const result = await runCommand(command, { timeoutMs: TRIAL_TIMEOUT_MS, outputLimitBytes: 1024 }).catch(
    () => null,
  );
  return result?.exitCode === 0;
}
