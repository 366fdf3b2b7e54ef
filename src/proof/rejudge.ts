import type { Examined } from './examine.ts';
import type { RootProof } from './prove-root.ts';
import { answerOf } from './summarise.ts';
import { type Surroundings, verdictOf } from './verdict.ts';

/**
 * The same runs, with what observed control runs have shown of them: nothing is run again.
 * @param surroundings by check: why its stdout is another in every image.
 */
export function rejudge(proven: RootProof, surroundings: ReadonlyMap<Examined, Surroundings>): RootProof {
  const examined = proven.examined.map((one) => {
    const why = surroundings.get(one);
    return why === undefined
      ? one
      : { ...one, result: { ...one.result, ...verdictOf({ ...one.judged, surroundings: why }) } };
  });
  return { examined, proof: { ...proven.proof, ...answerOf(examined.map(({ result }) => result)) } };
}
