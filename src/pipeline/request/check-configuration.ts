import { invalidJson, type Problem } from '../../json/index.ts';
import type { Project } from '../../project/index.ts';
import { type AddedPath, parseProjectAdd } from './added-paths.ts';
import { problemsOf } from './configuration-problems.ts';
import type { WrittenConfiguration } from './parse-configuration.ts';
import { misfits } from './settings-fit.ts';

/**
 * What can be said of a `morsel.json` only when its project is known: whether its fields have an effect there, and where its
 * paths lead. `folder`: where it lies. Errors: CONFIG_INVALID; NOT_FOUND and UNREADABLE for a path of `add`.
 */
export function checkConfiguration(
  { fields, source }: WrittenConfiguration,
  project: Project,
  folder: string,
): { readonly add: readonly AddedPath[] } {
  const add: AddedPath[] = [];
  const problems: readonly Problem[] = [
    ...misfits(fields, project),
    ...(fields.add ?? []).flatMap((text, index) =>
      problemsOf(['add', index], () => add.push(parseProjectAdd(text, project.directory, folder))),
    ),
  ];
  if (problems.length > 0) throw invalidJson(source, problems);
  return { add };
}
