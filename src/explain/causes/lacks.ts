import { type LackCauseName, NEED_FAMILIES, OPEN } from '../../needs/index.ts';
import type { ImageInUse, LackCause } from '../../needs/lack.ts';
import { DEFAULT_PATH } from '../../oci/index.ts';
import { type CauseRow, programFile, type TextValues } from '../cause-row.ts';
import type { TargetProbe } from '../target-probe.ts';

/** What a program lacks after it has started: each family of needs knows the causes of its own. */
export const lackCauses: readonly CauseRow<LackCauseName>[] = NEED_FAMILIES.flatMap(
  ({ causes = [] }): readonly LackCause<LackCauseName>[] => causes,
).map(rowOf);

function rowOf({
  cause,
  title,
  check,
  command = showNeeds,
  fixes,
}: LackCause<LackCauseName>): CauseRow<LackCauseName> {
  return {
    cause,
    title,
    check: (probe, values) => check?.(imageInUse(probe, values)) ?? OPEN,
    notFatal: true,
    command: (context) => command(programFile(context)),
    fixes: ({ values }) => (typeof fixes === 'function' ? fixes(values) : fixes),
  };
}

function showNeeds(file: string): string {
  return `morsel inspect ${file}  # needs, each with its evidence`;
}

function imageInUse(
  { tree, env, user, program, workingDirectory }: TargetProbe,
  said: TextValues,
): ImageInUse {
  const isElf = program.kind === 'file' && program.content.kind === 'elf';
  return {
    tree,
    env: { PATH: DEFAULT_PATH, ...env },
    user,
    program: isElf ? program.content.facts : null,
    said,
    cwd: workingDirectory,
  };
}
