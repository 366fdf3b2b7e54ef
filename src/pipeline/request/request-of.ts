import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { MorselError } from '../../core/errors.ts';
import { ignoreEvents } from '../../core/events.ts';
import { detectProject, type Project } from '../../project/index.ts';
import type { Check } from '../../proof/index.ts';
import type { BuildOptions } from './build-options.ts';
import { type BuildRequest, resolveRequest } from './build-request.ts';
import { readConfiguration } from './configuration.ts';

/** Detection and configuration: everything that is known before anything is compiled. */
export async function requestOf(options: BuildOptions): Promise<BuildRequest> {
  const path = options.path ?? '.';
  // `morsel build "$APP"` with an unset variable: resolved, it would be the current directory.
  if (path === '')
    throw new MorselError('USAGE', 'the path is empty', {
      hint: 'name a project, or leave it out for this folder',
    });
  // A project with several binaries may say in its morsel.json which one is meant.
  const beside = configurationDirectory(path);
  const configuration = beside === null ? {} : await readConfiguration(beside);
  const project = await detectProject(path, { bin: options.binary ?? configuration.bin });
  const request = resolveRequest(options, configuration, project, {
    checks: await checksOf([...(configuration.checks ?? []), ...(options.checks ?? [])]),
    folder: beside ?? project.directory,
  });
  const onEvent = options.onEvent ?? ignoreEvents;
  onEvent({
    kind: 'project-detected',
    language: project.kind,
    name: project.name,
    detail: `${describeProject(project)}${describeOthers(project)}`,
  });
  for (const note of project.notes ?? []) onEvent({ kind: 'finding', level: 'info', ...note });
  return request;
}

/** Wrong checks are an error before anything is compiled. */
async function checksOf(checks: readonly unknown[]): Promise<readonly Check[]> {
  if (checks.length === 0) return [];
  const { parseChecks } = await import('../../proof/index.ts');
  return parseChecks([...checks]);
}

/** A directory's own; for a source file the one beside it. An executable is taken alone: /usr/bin has no morsel.json. */
function configurationDirectory(path: string): string | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory() === true) return path;
  return stat?.isFile() === true && /\.[A-Za-z+]+$/.test(path) ? dirname(path) : null;
}

function describeProject(project: Project): string {
  switch (project.kind) {
    case 'binary':
      return `executable ${project.path}`;
    case 'c': {
      const language = project.language === 'c' ? 'C' : 'C++';
      return project.buildSystem === 'single'
        ? `${language} file ${project.source ?? ''}`
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
