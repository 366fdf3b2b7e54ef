import { below, type Problem } from '../../json/index.ts';
import { normaliseReference } from '../../oci/index.ts';
import type { Configuration } from './morsel-json.ts';
import { problemsOf } from './configuration-problems.ts';
import { needChoices } from './need-choices.ts';
import { dependencyProblems } from './dependencies.ts';
import { parseProgramPath } from './program-path.ts';
import { parseNames, runSettings } from './run-settings.ts';
import { commandProblems } from './project-settings.ts';
import { parseTimeZone } from './time-zone.ts';

/** What is wrong with the values of fields whose form is right: as the command line would refuse them, each at its place. */
export function valueProblems(configuration: Configuration): readonly Problem[] {
  const {
    name,
    tags = [],
    annotations = {},
    timeZone = null,
    expose = [],
    with: asked = [],
    without = [],
  } = configuration;
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
    ...asked.flatMap((need, index) => problemsOf(['with', index], () => needChoices([need], []))),
    ...without.flatMap((need, index) => problemsOf(['without', index], () => needChoices([], [need]))),
    ...below(['dependencies'], dependencyProblems(configuration.dependencies)),
    ...below(['prepare'], commandProblems(configuration.prepare)),
    ...below(['build'], commandProblems(configuration.build)),
  ];
}

const RUN_FIELDS = ['entrypoint', 'cmd', 'env', 'user', 'workdir', 'labels', 'stopSignal'] as const;
