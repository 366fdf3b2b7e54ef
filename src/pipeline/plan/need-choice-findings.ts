import type { Finding } from '../../core/finding.ts';
import type { Need } from '../../needs/index.ts';
import type { BuildRequest } from '../request/build-request.ts';

/** What is to be said of the needs that the user decides about, and of the authorities that are added. */
export function needChoiceFindings(
  { needs: { leftOut }, authorities }: Pick<BuildRequest, 'needs' | 'authorities'>,
  needs: readonly Need[],
): readonly Finding[] {
  return [
    ...leftOut.map((name) =>
      leftOutFinding(
        name,
        needs.find(({ need }) => need === name),
      ),
    ),
    ...authorities.flatMap(({ findings }) => findings),
  ];
}

function leftOutFinding(name: Need['need'], need: Need | undefined): Finding {
  if (need === undefined) {
    const message = `--without ${name} changes nothing: the program shows no sign of it`;
    return { level: 'info', message, hint: null };
  }
  const message = `left out by --without ${name}: ${need.evidence} (${need.level})`;
  // Of a `possible` one nothing would have been packed.
  return need.level === 'possible'
    ? { level: 'info', message, hint: null }
    : { level: 'warning', message, hint: `where it is used: ${need.failure}` };
}
