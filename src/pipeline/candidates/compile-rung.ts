import { join } from 'node:path';
import { MorselError } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import { settingsFor, type SourceProject } from '../../project/index.ts';
import {
  type BuildSandbox,
  checkArtifact,
  featuresHere,
  type CompiledProgram,
  type CompiledProject,
  type LibrarySysroot,
  type CompilePlan,
  findBwrap,
  openBuildSandbox,
  planRung,
  type PlanOutcome,
  runCompilePlan,
  type RunPlanOptions,
  type Tools,
} from '../../toolchain/index.ts';
import { refuseOtherPlatform } from './asked-platform.ts';
import { allocatorFor, requireAllocator } from './allocator.ts';
import { OrdinaryConfiguration } from './ordinary-configuration.ts';
import { type Rung } from '../../core/choices.ts';
import type { BuildRequest } from '../request/build-request.ts';
import type { Program, RungBuild } from './candidate.ts';
import { outputsOf } from '../request/output-location.ts';
import { readFacts } from './read-facts.ts';
import type { Linked } from './linked-libraries.ts';
import type { RungLibraries } from './rung-libraries.ts';
import { withLibraries } from './with-libraries.ts';
import { workDirectory } from './work-directory.ts';

/** What was compiled for a rung beforehand. */
interface LinkedIn {
  readonly libraries?: LibrarySysroot | null;
  /** A static library with another malloc. */
  readonly allocator?: string | undefined;
}

/** What would be run for a rung: pure. */
export function planProjectRung(
  request: BuildRequest,
  project: SourceProject,
  rung: Rung,
  tools: Tools,
  { libraries = null, allocator }: LinkedIn = {},
): PlanOutcome {
  return planRung(project, rung, tools, {
    profile: request.size,
    settings: settingsFor(request.settings, rung),
    prepare: request.settings.prepare,
    build: request.settings.build,
    environment: process.env,
    experimental: request.experimental,
    stackSizeBytes: request.stackSizeBytes ?? undefined,
    allocator,
    workDirectory: workDirectory(request, project, rung),
    sharedDirectory: sharedDirectory(request),
    platform: request.platform,
    ...(libraries === null ? {} : { libraries }),
    ...(request.offline ? { offline: true } : {}),
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

/** One for the tools that were found for a build: its rungs ask together. */
const ORDINARY = new WeakMap<Tools, OrdinaryConfiguration>();

function ordinaryConfiguration(
  request: BuildRequest,
  project: SourceProject,
  tools: Tools,
  options: RunPlanOptions,
): OrdinaryConfiguration {
  const known = ORDINARY.get(tools);
  if (known !== undefined) return known;
  const outcome = planProjectRung(request, project, 'closure', tools);
  const made = new OrdinaryConfiguration(outcome.kind === 'plan' ? outcome.plan : null, options);
  ORDINARY.set(tools, made);
  return made;
}

/**
 * Compiles and verifies each program, read back from the disk: what the flags promised is not trusted. A rung that is unavailable here, does not compile, or came out as something else is a
 * MorselError (TOOLCHAIN_MISSING, COMPILE_FAILED) whose message is the reason of the rejection.
 */
export async function compileRung(
  request: BuildRequest,
  project: SourceProject,
  rung: Rung,
  tools: Tools,
): Promise<Omit<RungBuild, 'rung' | 'compileMs'>> {
  const allocator = request.allocator === null ? null : await allocatorFor(request, project, rung, tools);
  const outcome = planProjectRung(request, project, rung, tools, { allocator: allocator?.archive });
  if (outcome.kind === 'unavailable') {
    throw new MorselError('TOOLCHAIN_MISSING', outcome.reason, { hint: outcome.hint });
  }
  const options = {
    signal: request.signal,
    onEvent: request.onEvent,
    timeoutMs: request.commandTimeoutMs,
    outputs: outputsOf(request.output, request.platforms),
    sandboxFor: request.sandboxBuild ? await sandboxesFor(request, project, tools) : undefined,
  };
  const ordinary = ordinaryConfiguration(request, project, tools, options);
  const compile = async (plan: CompilePlan): Promise<CompiledProject> => {
    const built = await runCompilePlan(plan, { ...options, ordinaryConfiguration: () => ordinary.failure() });
    if (request.settings.allowFewerFeatures) return built;
    const here = async (): Promise<readonly string[]> => [
      ...(await featuresHere(built.lacked, tools, { env: process.env, signal: request.signal })),
      ...librariesTried(project, rung),
    ];
    await ordinary.refuseFewer(built.plan, here);
    return built;
  };
  const planWith = (libraries: LibrarySysroot | null): CompilePlan | null => {
    const again = planProjectRung(request, project, rung, tools, {
      libraries,
      allocator: allocator?.archive,
    });
    return again.kind === 'plan' ? again.plan : null;
  };
  const use = { request, project, rung, tools, ordinary, planWith };
  const { built, libraries } = await withLibraries(use, outcome.plan, compile);
  const { toolchain, trades } = built.plan;
  const readBack = ({ path, unstrippedPath: linkedPath }: CompiledProgram): Program => {
    const facts = readFacts(path);
    refuseOtherPlatform(request, facts);
    const verdict = checkArtifact(facts, rung);
    if (verdict.kind === 'accepted') return { path, linkedPath, facts, toolchain };
    throw new MorselError('COMPILE_FAILED', verdict.reason, { hint: verdict.hint });
  };
  if (allocator?.archive !== undefined) requireAllocator(built.programs);
  const [first, ...others] = built.programs;
  const programs = [readBack(first), ...others.map(readBack)] as const;
  const linked = libraries === null ? null : await linkedIn(libraries, programs);
  const findings = [
    ...notesOf(project),
    ...built.findings,
    ...(allocator?.findings ?? []),
    ...(linked?.findings ?? []),
  ];
  return { programs, trades, findings, libraries: linked?.libraries ?? [] };
}

/** Loaded where libraries were built. */
async function linkedIn(libraries: RungLibraries, programs: readonly Program[]): Promise<Linked> {
  const { linkedLibraries } = await import('./linked-libraries.ts');
  return linkedLibraries(libraries, programs);
}

/** Found by the ordinary compiler, where the source asks it; those for musl do not see this machine's headers. */
function librariesTried(project: SourceProject, rung: Rung): readonly string[] {
  if (project.kind !== 'c' || rung !== 'static-musl') return [];
  return (project.libraries ?? []).filter(({ isTried }) => isTried === true).map(({ name }) => name);
}

function notesOf({ notes = [] }: SourceProject): readonly Finding[] {
  return notes.map((note) => ({ level: 'info', ...note }));
}
