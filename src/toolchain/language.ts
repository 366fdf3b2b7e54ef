import type { Rung } from '../core/choices.ts';
import type { EventSink } from '../core/events.ts';
import type { SourceProject } from '../project/project.ts';
import type { Tools } from './find/tools.ts';
import type { PlanOptions, PlanOutcome } from './plan.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** How the projects of a language are compiled: what everything else in toolchain/ asks of it. */
export interface CompiledLanguage<P extends SourceProject> {
  /** How a project is compiled for a rung with the tools that are here, or why it cannot be. Pure. */
  readonly plan: (project: P, rung: Rung, tools: Tools, options: PlanOptions) => PlanOutcome;
  /**
   * The project with what only its tools can tell. Errors: INTERRUPTED; TOOLCHAIN_MISSING where the project asks for a
   * compiler that is not here, whatever the rung.
   */
  readonly complete: (project: P, tools: Tools, options: CompleteProjectOptions) => Promise<P>;
  /** What `--sandbox-build` gives beside what all builds have: sources, tools, the build's own folders. Pure. */
  readonly places: (project: P, env: Environment) => LanguagePlaces;
}

export interface CompleteProjectOptions {
  readonly signal?: AbortSignal | undefined;
  readonly env?: Environment;
  readonly architecture: string;
  readonly offline?: boolean;
  /** Toolchains that are not stable may be used. */
  readonly experimental?: boolean;
  /** Of Go, beside those of GOFLAGS. */
  readonly tags?: readonly string[];
  readonly onEvent?: EventSink | undefined;
}

export interface LanguagePlaces {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly env: Environment;
}
