import { join, relative } from 'node:path';
import type { RustProject } from '../../project/project.ts';
import type { CompilePlan, PlanOptions } from '../plan.ts';
import { environmentNotes } from '../settings/environment-flags.ts';

/** The project where it is built: in a copy of its workspace, when the user's `prepare` writes into it. Pure. */
export function prepared(
  project: RustProject,
  { prepare = [], workDirectory }: PlanOptions,
): { readonly project: RustProject; readonly copySources: CompilePlan['copySources'] } {
  if (prepare.length === 0) return { project, copySources: null };
  const { workspaceRoot, packageDirectory, settings } = project;
  const to = join(workDirectory, 'src');
  return {
    project: {
      ...project,
      workspaceRoot: to,
      packageDirectory: join(to, relative(workspaceRoot, packageDirectory)),
    },
    copySources: { from: workspaceRoot, to, exclude: [settings.targetDirectory] },
  };
}

/** Features that the programs require, those of the settings, and whether the default ones are left out. */
export function featureWords(required: readonly string[], options: PlanOptions): readonly string[] {
  const { features = [], defaultFeatures = true } = options.settings?.cargo ?? {};
  const all = [...new Set([...required, ...features])];
  return [
    ...(all.length === 0 ? [] : ['--features', all.join(',')]),
    ...unlessTyped(options, defaultFeatures ? [] : ['--no-default-features']),
  ];
}

/** Where crates may come from. */
export function sourceWords(project: RustProject, options: PlanOptions): readonly string[] {
  return unlessTyped(options, [
    ...(project.hasLockFile ? ['--locked'] : []),
    ...(options.offline === true ? ['--offline'] : []),
  ]);
}

/** cargo refuses a switch that is given twice. */
function unlessTyped(options: PlanOptions, words: readonly string[]): readonly string[] {
  return words.filter((word) => !typedWords(options).includes(word));
}

/** What was typed after `--`, without what morsel always says. */
export function typedWords({ settings }: PlanOptions): readonly string[] {
  return (settings?.words ?? []).filter((word) => word !== '--release' && word !== '-r');
}

/** cargo reads the first, crates that compile C the others. */
export function rustNotes(project: RustProject, { environment = {} }: PlanOptions): readonly string[] {
  const flags = { RUSTFLAGS: project.settings.environmentRustflags?.join(' ') };
  const ofC = project.systemCrates.length > 0 ? environment : {};
  return [
    ...environmentNotes(flags, ['RUSTFLAGS']),
    ...environmentNotes(ofC, ['CFLAGS', 'CXXFLAGS', 'CPPFLAGS', 'LDFLAGS']),
  ];
}
