import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { MorselError } from '../../core/errors.ts';
import type { ElfFacts } from '../../elf/index.ts';
import { formatPlatform } from '../../oci/index.ts';
import { settingsFor, type SourceProject } from '../../project/index.ts';
import {
  type BuildSandbox,
  checkArtifact,
  type CompilePlan,
  findBwrap,
  openBuildSandbox,
  planRung,
  type PlanOutcome,
  runCompilePlan,
  type Tools,
} from '../../toolchain/index.ts';
import { type Rung } from '../../core/choices.ts';
import type { BuildRequest } from '../request/build-request.ts';
import { outputsOf } from '../request/output-location.ts';
import { readFacts } from './read-facts.ts';

/** The executable of one rung, read back from the disk: what the flags promised is not trusted. */
export interface CompiledRung {
  readonly path: string;
  readonly linkedPath: string;
  readonly facts: ElfFacts;
  readonly toolchain: string;
  readonly trades: readonly string[];
}

/** What would be run for a rung: pure. */
export function planProjectRung(
  request: BuildRequest,
  project: SourceProject,
  rung: Rung,
  tools: Tools,
): PlanOutcome {
  return planRung(project, rung, tools, {
    profile: request.size,
    settings: settingsFor(request.settings, rung),
    prepare: request.settings.prepare,
    experimental: request.experimental,
    workDirectory: workDirectory(request, project, rung),
    sharedDirectory: sharedDirectory(request),
    platform: request.platform,
  });
}

function sharedDirectory({ cacheDirectory }: BuildRequest): string {
  return join(cacheDirectory, 'shared');
}

/** Error: SANDBOX_MISSING, which is no reason to try another rung. */
async function sandboxesFor(
  request: BuildRequest,
  project: SourceProject,
  tools: Tools,
): Promise<(plan: CompilePlan) => BuildSandbox> {
  const bwrap = await findBwrap(request.signal);
  // The sandboxes of proofs are loaded for this alone where nothing is proven.
  const { ownSeccompFilter } = await import('../../sandbox/index.ts');
  const build = { project, tools, sharedDirectory: sharedDirectory(request), seccomp: ownSeccompFilter() };
  return (plan) => openBuildSandbox(bwrap, { ...build, plan });
}

/**
 * One folder a project, binary, platform, rung and profile, in the cache: objects of two machines or C libraries never
 * meet, and the next build is incremental.
 */
function workDirectory(request: BuildRequest, project: SourceProject, rung: Rung): string {
  const identity = JSON.stringify([
    project.directory,
    project.kind,
    project.name,
    'binary' in project ? project.binary : null,
    formatPlatform(request.platform),
  ]);
  const key = createHash('sha256').update(identity).digest('hex').slice(0, 16);
  return join(
    request.cacheDirectory,
    'work',
    `${project.name.slice(0, 40).replaceAll('/', '-')}-${key}`,
    `${rung}-${request.size}`,
  );
}

/**
 * Compiles and verifies. A rung that is unavailable here, does not compile, or came out as something else is a
 * MorselError (TOOLCHAIN_MISSING, COMPILE_FAILED) whose message is the reason of the rejection.
 */
export async function compileRung(
  request: BuildRequest,
  project: SourceProject,
  rung: Rung,
  tools: Tools,
): Promise<CompiledRung> {
  const outcome = planProjectRung(request, project, rung, tools);
  if (outcome.kind === 'unavailable') {
    throw new MorselError('TOOLCHAIN_MISSING', outcome.reason, { hint: outcome.hint });
  }
  const built = await runCompilePlan(outcome.plan, {
    signal: request.signal,
    onEvent: request.onEvent,
    timeoutMs: request.commandTimeoutMs,
    outputs: outputsOf(request.output),
    sandboxFor: request.sandboxBuild ? await sandboxesFor(request, project, tools) : undefined,
  });
  const facts = readFacts(built.path);
  const verdict = checkArtifact(facts, rung);
  if (verdict.kind === 'rejected') {
    throw new MorselError('COMPILE_FAILED', verdict.reason, { hint: verdict.hint });
  }
  return {
    path: built.path,
    linkedPath: built.unstrippedPath,
    facts,
    toolchain: built.plan.toolchain,
    trades: built.plan.trades,
  };
}
