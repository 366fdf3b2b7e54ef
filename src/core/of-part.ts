import { MorselError } from './errors.ts';

/**
 * For `catch`, where one of several parts fails: the same expected failure with the part's name before its message, and in its
 * details. An interruption is of all of them, and a bug stays what it is.
 */
export function ofPart(name: string, details: Readonly<Record<string, unknown>>): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof MorselError) || error.code === 'INTERRUPTED') throw error;
    throw new MorselError(error.code, `${name}: ${error.message}`, {
      hint: error.hint,
      cause: error,
      details: { ...error.details, ...details },
    });
  };
}
