import type { Rung } from '../core/choices.ts';
import { NO_SETTINGS } from '../project/index.ts';
import { C } from './c/c.ts';
import type { Tools } from './find/tools.ts';
import { GO } from './go/go.ts';
import type { CompleteProjectOptions, CompiledLanguage, LanguagePlaces } from './language.ts';
import type { SourceProject } from '../project/project.ts';
import type { PlanOptions, PlanOutcome } from './plan.ts';
import { RUST } from './rust/rust.ts';
import { checkSettings } from './settings/check-settings.ts';

/** A kind of project without its language does not compile. */
const LANGUAGES: {
  readonly [Kind in SourceProject['kind']]: CompiledLanguage<Extract<SourceProject, { kind: Kind }>>;
} = { c: C, rust: RUST, go: GO };

function languageOf<P extends SourceProject>(project: P): CompiledLanguage<P> {
  // The kind of a project chooses its own entry; TypeScript does not follow a union through a record.
  return LANGUAGES[project.kind] as unknown as CompiledLanguage<P>;
}

/**
 * How a project is compiled for a rung with the tools that are here, or why it cannot be. Pure. Error: USAGE for
 * settings that are not of its build system, or that would take the program away from where it is looked for.
 */
export function planRung(
  project: SourceProject,
  rung: Rung,
  tools: Tools,
  options: PlanOptions,
): PlanOutcome {
  checkSettings(project, options.settings ?? NO_SETTINGS);
  return languageOf(project).plan(project, rung, tools, options);
}

/** To be called once, between `findTools` and `planRung`; planning stays pure. Errors: INTERRUPTED, TOOLCHAIN_MISSING. */
export function completeProject(
  project: SourceProject,
  tools: Tools,
  options: CompleteProjectOptions,
): Promise<SourceProject> {
  return languageOf(project).complete(project, tools, options);
}

export function languagePlaces(
  project: SourceProject,
  env: Readonly<Record<string, string | undefined>>,
): LanguagePlaces {
  return languageOf(project).places(project, env);
}
