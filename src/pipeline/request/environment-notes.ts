import type { Project, ProjectNote } from '../../project/index.ts';
import type { ChosenPlatforms } from './platforms.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What is to be said of variables that name a platform or a compiler: none of them is ignored without a word. */
export function environmentNotes(
  project: Project,
  { by }: Pick<ChosenPlatforms, 'by'>,
  environment: Environment,
): readonly ProjectNote[] {
  const isNamed = by !== null && by !== '--platform';
  return [
    ...(isNamed
      ? [{ message: `built for what ${by} of the environment says`, hint: 'another platform: --platform' }]
      : []),
    ...overruled(project, by, environment),
    ...compilerNotes(project, environment),
  ];
}

const PLATFORM_VARIABLES: Readonly<Partial<Record<Project['kind'], readonly string[]>>> = {
  go: ['GOARCH', 'GOARM'],
  rust: ['CARGO_BUILD_TARGET'],
};

function overruled({ kind }: Project, by: string | null, environment: Environment): readonly ProjectNote[] {
  const set = (PLATFORM_VARIABLES[kind] ?? []).filter((name) => (environment[name] ?? '') !== '');
  if (by !== '--platform' || set.length === 0) return [];
  return [
    {
      message: `${set.join(' and ')} of the environment ${set.length === 1 ? 'is' : 'are'} not used: --platform says what it is built for`,
      hint: `without --platform, ${set.join(' and ')} would`,
    },
  ];
}

/** Of projects with C code: one compiler would be for one C library, and each rung has another. */
function compilerNotes(project: Project, environment: Environment): readonly ProjectNote[] {
  const set = ['CC', 'CXX'].filter((name) => (environment[name] ?? '') !== '');
  if (project.kind !== 'c' || set.length === 0) return [];
  return [
    {
      message: `${set.map((name) => `${name}=${environment[name] ?? ''}`).join(' ')} of the environment does not compile it: each rung has a compiler for its C library`,
      hint: '`--plan` shows which; one of a cross compiler that is in PATH is found by its own name',
    },
  ];
}
