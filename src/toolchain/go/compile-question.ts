import type { Command } from '../../core/command.ts';
import { MorselError } from '../../core/errors.ts';
import { findProcessFamily } from '../../core/find-process-family.ts';
import { runCommand } from '../../core/run-command.ts';
import type { CompilePlan } from '../plan.ts';
import { blameOf } from '../run/blame.ts';
import { CompileFailure, compileFailure } from '../run/compile-failure.ts';

export interface CompileQuestionOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs?: number | undefined;
}

/**
 * Compiles the packages of a plan of Go without linking them, beside the questions that come before its build, which then
 * finds them in the user's GOCACHE. What no rung can compile is the answer; null: nothing is known. Errors: none.
 */
export async function askToCompile(
  plan: CompilePlan,
  { signal, timeoutMs }: CompileQuestionOptions,
): Promise<MorselError | null> {
  const command = questionOf(plan);
  if (command === null) return null;
  const { workDirectory } = plan;
  try {
    const family = await findProcessFamily();
    const result = await runCommand(command, { signal, timeoutMs, family });
    if (result.exitCode === 0 || result.timedOut) return null;
    const failure = compileFailure({ command, line: '', result, workDirectory });
    const step = { rung: plan.rung, isConfiguration: false, directory: command.cwd ?? workDirectory };
    return failure instanceof CompileFailure && blameOf(failure, step) === 'own' ? failure.asFinal() : null;
  } catch {
    return null;
  }
}

/** `-v` would put the names of packages before what they lack. `go list -export` makes what an import needs, by the same actions as `go build`. */
function questionOf(plan: CompilePlan): Command | null {
  const build = plan.commands.at(-1);
  const [verb, ...words] = build?.args ?? [];
  if (build === undefined || verb !== 'build') return null;
  const output = words.indexOf('-o');
  if (output === -1) return null;
  const args = words.filter(
    (word, index) =>
      index !== output && index !== output + 1 && word !== '-v' && !word.startsWith('-ldflags='),
  );
  return {
    ...build,
    args: ['list', '-export', '-f', '{{""}}', ...args],
    // Another Go is fetched by the build, which says so.
    env: { ...build.env, GOTOOLCHAIN: 'local' },
  };
}
