import { realpathSync } from 'node:fs';
import { isAbsolute, normalize, resolve } from 'node:path';
import { isAtOrBelow } from '../../core/is-below.ts';
import { below, type Problem } from '../../json/index.ts';
import type { Project } from '../../project/index.ts';
import type { Configuration, WrittenSettings } from './morsel-json.ts';

type SettingsField = keyof WrittenSettings;

const SETTINGS: readonly SettingsField[] = ['c', 'configure', 'make', 'cmake', 'meson', 'cargo', 'go'];

/** Those that what builds the project takes. */
function takenBy(project: Project): { readonly what: string; readonly fields: readonly SettingsField[] } {
  if (project.kind === 'binary') return { what: 'is compiled already', fields: [] };
  if (project.kind === 'rust') return { what: 'is built by cargo', fields: ['cargo'] };
  if (project.kind === 'go') return { what: 'is built by go', fields: ['go'] };
  switch (project.buildSystem) {
    case 'single':
      return { what: 'is compiled from its source files alone', fields: ['c'] };
    case 'autotools':
      return { what: 'is built by configure and make', fields: ['c', 'configure', 'make'] };
    default:
      return { what: `is built by ${project.buildSystem}`, fields: ['c', project.buildSystem] };
  }
}

/**
 * Fields of a `morsel.json` that would have no effect on this project, which whoever wrote them does not expect; and folders
 * of headers that lead out of it.
 */
export function misfits(configuration: Configuration, project: Project): readonly Problem[] {
  const { rungs = [] } = configuration;
  const ofRungs = Array.isArray(rungs) ? [] : Object.entries(rungs);
  return [
    ...settingsMisfits(configuration, project),
    ...ofRungs.flatMap(([rung, settings]) =>
      below(['rungs', rung], settingsMisfits(settings ?? {}, project)),
    ),
  ];
}

function settingsMisfits(settings: WrittenSettings, project: Project): readonly Problem[] {
  const { what, fields } = takenBy(project);
  const wrong = SETTINGS.filter((field) => !isEmpty(settings[field]) && !fields.includes(field));
  return [
    ...wrong.map((field) => ({
      path: [field],
      isOfName: true,
      message: `has no effect: ${project.name} ${what}`,
      hint: `leave it out; what is taken here: ${fields.map((name) => `\`${name}\``).join(', ')}`,
    })),
    ...(settings.c?.includes ?? []).flatMap((folder, index) =>
      leadsOut(folder, project.directory)
        ? [{ path: ['c', 'includes', index], message: 'leads out of the project', hint: INCLUDES_HINT }]
        : [],
    ),
  ];
}

const INCLUDES_HINT = 'name a folder below the project, or one of this machine by its whole path';

/** A link may lead out as well; what is not there yet may be made by the build. */
function leadsOut(folder: string, directory: string): boolean {
  if (isAbsolute(folder)) return false;
  const named = normalize(folder);
  if (named === '..' || named.startsWith('../')) return true;
  try {
    return !isAtOrBelow(realpathSync(resolve(directory, folder)), realpathSync(directory));
  } catch {
    return false;
  }
}

/** `"c": { "link": [] }` asks for nothing. */
function isEmpty(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value === undefined;
  return Object.values(value).every(isEmpty);
}
