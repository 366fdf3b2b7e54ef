import { type LackCauseName, NEED_FAMILIES, OPEN } from '../../needs/index.ts';
import type { ImageInUse, LackCause } from '../../needs/lack.ts';
import { type CauseRow, programPath } from '../cause-row.ts';
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
    check: (probe) => check?.(imageInUse(probe)) ?? OPEN,
    notFatal: true,
    command: (context) => command(programPath(context)),
    fixes: () => fixes,
  };
}

function showNeeds(path: string): string {
  return `morsel inspect .${path}  # needs, each with its evidence`;
}

function imageInUse({ tree, env, user, program }: TargetProbe): ImageInUse {
  const isElf = program.kind === 'file' && program.content.kind === 'elf';
  return { tree, env, user, program: isElf ? program.content.facts : null };
}
