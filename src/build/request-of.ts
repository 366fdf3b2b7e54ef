import { ignoreEvents } from '../core/events.ts';
import { detectProject, type Project } from '../project/index.ts';
import type { BuildOptions } from './build-options.ts';
import { type BuildRequest, resolveRequest } from './build-request.ts';
import { readConfiguration } from './configuration.ts';

/** Detection and configuration: everything that is known before anything is compiled. */
export function requestOf(options: BuildOptions): BuildRequest {
  const path = options.path ?? '.';
  const project = detectProject(path, { binary: options.binary });
  const configured = project.kind === 'binary' ? {} : readConfiguration(project.directory);
  const chosen =
    options.binary === undefined && configured.bin !== undefined
      ? detectProject(path, { binary: configured.bin })
      : project;
  const request = resolveRequest(options, configured, chosen);
  (options.onEvent ?? ignoreEvents)({
    kind: 'project-detected',
    language: chosen.kind,
    name: chosen.name,
    detail: describeProject(chosen),
  });
  return request;
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
