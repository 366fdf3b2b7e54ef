import { below, type Problem } from '../../json/index.ts';
import { normaliseReference } from '../../oci/index.ts';
import type { Configuration } from './morsel-json.ts';
import { problemsOf } from './configuration-problems.ts';
import { parseProgramPath } from './program-path.ts';
import { parseNames, runSettings } from './run-settings.ts';
import { prepareProblems } from './project-settings.ts';
import { parseTimeZone } from './time-zone.ts';

/** What is wrong with the values of fields whose form is right: as the command line would refuse them, each at its place. */
export function valueProblems(configuration: Configuration): readonly Problem[] {
  const { name, tags = [], annotations = {}, timeZone = null, expose = [] } = configuration;
  const lone = (field: keyof Configuration): readonly Problem[] =>
    problemsOf([field], () => runSettings({}, { [field]: configuration[field] }));
  return [
    ...(name === undefined ? [] : problemsOf(['name'], () => normaliseReference(name))),
    ...tags.flatMap((tag, index) => problemsOf(['tags', index], () => normaliseReference(tag))),
    ...RUN_FIELDS.flatMap(lone),
    ...expose.flatMap((port, index) =>
      problemsOf(['expose', index], () => runSettings({}, { expose: [port] })),
    ),
    ...problemsOf(['programPath'], () => parseProgramPath(configuration.programPath ?? null)),
    ...problemsOf(['annotations'], () => parseNames('annotation', annotations)),
    ...problemsOf(['timeZone'], () => parseTimeZone(timeZone)),
    ...below(['prepare'], prepareProblems(configuration.prepare)),
  ];
}

const RUN_FIELDS = ['entrypoint', 'cmd', 'env', 'user', 'workdir', 'labels', 'stopSignal'] as const;
