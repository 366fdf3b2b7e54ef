import { dirname } from 'node:path';
import { MorselError } from '../../core/errors.ts';
import { ignoreEvents } from '../../core/events.ts';
import { statOrNull } from '../../core/stat-path.ts';
import { detectProject, type Project } from '../../project/index.ts';
import type { Check } from '../../proof/index.ts';
import type { Authority } from './authorities.ts';
import type { BuildOptions } from './build-options.ts';
import { type BuildRequest, resolveRequest } from './build-request.ts';
import { NO_CONFIGURATION, readConfiguration } from './configuration.ts';
import type { Configuration } from './parse-configuration.ts';

/** Detection and configuration: everything that is known before anything is compiled. */
export async function requestOf(options: BuildOptions): Promise<BuildRequest> {
  const path = options.path ?? '.';
  // `morsel build "$APP"` with an unset variable: resolved, it would be the current directory.
  if (path === '')
    throw new MorselError('USAGE', 'the path is empty', {
      hint: 'name a project, or leave it out for this folder',
    });
  const beside = configurationDirectory(path);
  const { fields: configuration, source } =
    beside === null ? NO_CONFIGURATION : await readConfiguration(beside);
  const names = binariesOf(path, options, configuration);
  const bin = names.length === 0 ? undefined : names;
  const project = await detectProject(path, {
    bin,
    byCommands: (configuration.build ?? []).length > 0,
    moreSources: options.moreSources,
    byMake: [...(configuration.make ?? []), ...(options.words ?? [])].some((word) =>
      NAMES_MAKEFILE.test(word),
    ),
  });
  if (project.kind === 'binary') refuseBuildWords(project.path, options);
  const folder = beside ?? project.directory;
  const request = resolveRequest(options, configuration, project, {
    checks: await checksOf([...(configuration.checks ?? []), ...(options.checks ?? [])]),
    authorities: await authoritiesOf(options, configuration, project, folder),
    folder,
    source,
  });
  const onEvent = options.onEvent ?? ignoreEvents;
  onEvent({
    kind: 'project-detected',
    language: project.kind,
    name: project.name,
    detail: `${describeProject(project)}${describeOthers(project)}`,
  });
  for (const note of request.project.notes ?? []) onEvent({ kind: 'finding', level: 'info', ...note });
  return request;
}

/** Words of make only: of the others, none has them at its start. */
const NAMES_MAKEFILE = /^(?:-f$|-f[\w./]*[Mm]akefile|--(?:make)?file\b)/;

/**
 * The programs that were asked for; none: the only one, or the one that bears the project's name. The command line wins over
 * `morsel.json`, and a file that is named is one program. Error: USAGE.
 */
function binariesOf(path: string, { binary }: BuildOptions, configuration: Configuration): readonly string[] {
  const isFile = statOrNull(path)?.isFile() === true;
  const asked = [binary ?? []].flat();
  if (isFile && asked.length > 0)
    throw new MorselError('USAGE', `${path} is one program, and --bin chooses among those of a project`, {
      hint: 'leave out --bin, or name the folder of the project',
    });
  const names = asked.length > 0 || isFile ? asked : [configuration.bin ?? []].flat();
  const wrong = names.find((name) => name === '' || name.includes('\0'));
  if (wrong === undefined) return [...new Set(names)];
  throw new MorselError('USAGE', `${JSON.stringify(wrong)} is not the name of a program`, {
    hint: 'give the name of a program of the project with --bin or `bin` of morsel.json',
  });
}

/** Error: USAGE. */
function refuseBuildWords(path: string, { words = [], link = [] }: BuildOptions): void {
  const given = words.length > 0 ? '`--`' : link.length > 0 ? '--link' : null;
  if (given === null) return;
  throw new MorselError('USAGE', `${path} is compiled already, and ${given} is for what compiles`, {
    hint: 'leave it out; arguments of the program are given with --cmd or --check',
  });
}

/** Wrong checks are an error before anything is compiled. */
async function checksOf(checks: readonly unknown[]): Promise<readonly Check[]> {
  if (checks.length === 0) return [];
  const { parseChecks } = await import('../../proof/index.ts');
  return parseChecks([...checks]);
}

/** So are wrong certificates. */
async function authoritiesOf(
  { ca: typed = [] }: BuildOptions,
  { ca: files = [] }: Configuration,
  { directory }: Project,
  folder: string,
): Promise<readonly Authority[]> {
  if (typed.length === 0 && files.length === 0) return [];
  const { readAuthorities } = await import('./authorities.ts');
  return readAuthorities(typed, { files, project: directory, folder });
}

/** A directory's own; for a source file the one beside it. An executable is taken alone: /usr/bin has no morsel.json. */
function configurationDirectory(path: string): string | null {
  const stat = statOrNull(path);
  if (stat?.isDirectory() === true) return path;
  return stat?.isFile() === true && /\.[A-Za-z+]+$/.test(path) ? dirname(path) : null;
}

export function describeProject(project: Project): string {
  switch (project.kind) {
    case 'binary':
      return `executable ${project.path}`;
    case 'c': {
      const language = project.language === 'c' ? 'C' : 'C++';
      if (project.buildSystem === 'commands') return `${language}, by its own commands`;
      return project.buildSystem === 'single'
        ? `${language} ${project.sources === undefined ? `file ${project.source ?? ''}` : `in ${project.sources.length} files`}`
        : `${language}, ${project.buildSystem}`;
    }
    case 'rust':
      return `Rust, binary ${project.binary} of package ${project.package}`;
    case 'go':
      return `Go, package ${project.package} of ${project.module}${project.usesCgo ? ', with cgo' : ''}`;
  }
}

/** In words, behind what the project is: `, and b, c`. */
function describeOthers(project: Project): string {
  if (project.kind === 'binary' || project.otherPrograms.length === 0) return '';
  const names = project.otherPrograms.map((other) => (typeof other === 'string' ? other : other.binary));
  return `, and ${names.join(', ')}`;
}
