import { InvalidArgumentError, Option } from 'commander';
import { PROOF_STRENGTHS, type ProofStrength } from '../../core/choices.ts';
import { MorselError } from '../../core/errors.ts';
import { collect } from './options.ts';

/** Of the name of a check. */
const NAME_LIMIT = 200;

export function checkOption(): Option {
  return new Option(
    '--check <arguments>',
    'a job that must work in the image as it does here, repeatable: --check \'-c "print(1)"\'',
  ).argParser(collect);
}

/** Checks as `checks` of a morsel.json has them, of arguments as a shell would split them. Error: USAGE. */
export async function typedChecks(texts: readonly string[] = []): Promise<readonly object[]> {
  const words = await Promise.all(texts.map((text) => typedWords('--check', text)));
  return texts.map((text, index) => ({
    name: text.trim().slice(0, NAME_LIMIT) || '(no arguments)',
    args: words[index] ?? [],
  }));
}

/** Words as a shell would split them; undefined of what was not given. Error: USAGE. */
export async function typedWords<T extends string | undefined>(
  option: string,
  text: T,
): Promise<readonly string[] | Extract<T, undefined>> {
  if (text === undefined) return text as Extract<T, undefined>;
  const { split } = await import('shlex');
  try {
    return split(text);
  } catch (cause) {
    throw new MorselError('USAGE', `${option} ${text}: ${(cause as Error).message.toLowerCase()}`, {
      cause,
      hint: 'quote it for the shell as a whole, and words inside of it as a shell would',
    });
  }
}

/** What of `build` the flags of a proof say. */
export function proofSettings({
  prove,
  requireProof,
}: {
  readonly prove: boolean;
  readonly requireProof?: ProofStrength | true;
}) {
  return {
    prove: prove ? ('default' as const) : ('skip' as const),
    requireProof: requireProof === true ? PROOF_STRENGTHS[0] : requireProof,
  };
}

/** Alone it asks for any proof. */
export function requireProofOption(): Option {
  return new Option(
    '--require-proof [strength]',
    `fail with code 1 when less than this is proven: ${PROOF_STRENGTHS.join(', ')} (default: start); with 5 where no sandbox works`,
  ).argParser((value: string): ProofStrength => {
    const found = PROOF_STRENGTHS.find((strength) => strength === value);
    if (found !== undefined) return found;
    throw new InvalidArgumentError(`Allowed choices are ${PROOF_STRENGTHS.join(', ')}.`);
  });
}
