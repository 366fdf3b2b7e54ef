import { hostPlatform, type Platform } from '../../oci/index.ts';
import type { SourceProject } from '../../project/index.ts';
import { completeProject, findTools, type ToolGroup, type Tools } from '../../toolchain/index.ts';
import { type Rung } from '../../core/choices.ts';
import type { BuildRequest } from '../request/build-request.ts';
import type { RungBuild, RungSource } from './candidate.ts';
import { buildRung } from './build-rung.ts';
import { type BesideQuestions, EarlyBuild } from './early-build.ts';
import { askableRungs, chooseRungs, ladderFor } from './ladder.ts';

/** From the bottom up. Error: USAGE. */
export async function rungSourcesOfProject(
  request: BuildRequest,
  detected: SourceProject,
): Promise<readonly RungSource[]> {
  const early = new EarlyBuild(request);
  const { project, tools } = await toolsFor(request, detected, early.beside);
  const buildOf = (rung: Rung): Once<RungBuild> =>
    once(() => early.take(rung) ?? buildRung(request, project, rung, tools));
  const closure = buildOf('closure');
  const ordinary = { build: closure.get, isMade: closure.isMade };
  return rungsOf(request, project).map((rung) => ({
    rung,
    build: rung === 'closure' ? closure.get : buildOf(rung).get,
    ordinary: COMPARED_RUNGS.has(rung) ? ordinary : null,
  }));
}

/** Pure Go has no C library, and asks this machine's files itself. */
const COMPARED_RUNGS: ReadonlySet<Rung> = new Set(['static-musl', 'static-glibc']);

/** The rungs to be tried. Error: USAGE where none of those that were asked for is on the project's ladder. */
export function rungsOf(request: BuildRequest, project: SourceProject): readonly Rung[] {
  return chooseRungs(request.rungs === null ? ladderFor(project) : askableRungs(project), request.rungs);
}

/** The project with what only its toolchain can tell, and the tools. */
export interface ProjectAndTools {
  readonly project: SourceProject;
  readonly tools: Tools;
}

/**
 * Only what the project's language needs: asking a compiler what it is costs a process. Error: TOOLCHAIN_MISSING where the
 * project asks for a compiler that is not here.
 */
export async function toolsFor(
  request: BuildRequest,
  detected: SourceProject,
  beside: BesideQuestions = ({ complete }) => complete,
): Promise<ProjectAndTools> {
  const { sandboxBuild, platform } = request;
  const answered = new AbortController();
  const signal =
    request.signal === undefined ? answered.signal : AbortSignal.any([request.signal, answered.signal]);
  // A rust-toolchain.toml can name a program of the project: nothing of it is started outside of the sandbox.
  const directory = sandboxBuild ? undefined : detected.directory;
  const { cacheDirectory } = request;
  const find = (groups: readonly ToolGroup[]): Promise<Tools> =>
    findTools({ groups, signal, directory, cacheDirectory });
  const groups = groupsFor(detected, platform);
  const tools = await find(groups);
  const complete = completeProject(detected, tools, {
    signal,
    architecture: platform.architecture,
    offline: sandboxBuild || request.offline,
    experimental: request.experimental,
    tags: request.settings.common.go.tags,
    onEvent: request.onEvent,
  });
  const stop = (): void => answered.abort();
  const project = await beside({ complete, detected, tools, stop });
  const isSurprise = usesC(project) && !groups.includes('c');
  return { project, tools: isSurprise ? await find(groupsFor(project, platform)) : tools };
}

/** To look for C compilers takes as long as a small Go program to compile, which most have no use for. */
function groupsFor(project: SourceProject, { architecture }: Platform): readonly ToolGroup[] {
  if (project.kind === 'c') return ['c'];
  return usesC(project) || architecture !== hostPlatform().architecture
    ? [project.kind, 'c']
    : [project.kind];
}

/** Rust's linker is a C compiler. */
function usesC(project: SourceProject): boolean {
  return project.kind !== 'go' || project.usesCgo;
}

/** Placements of one rung share its programs, and its failure. */
function once<T>(make: () => Promise<T>): Once<T> {
  let made: Promise<T> | undefined;
  return { get: () => (made ??= make()), isMade: () => made !== undefined };
}

interface Once<T> {
  readonly get: () => Promise<T>;
  readonly isMade: () => boolean;
}
