import { MorselError } from '../core/errors.ts';

/** The error for compressed data that their decoder refuses. */
export function damaged(name: string, cause: unknown): MorselError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MorselError('IMAGE_INVALID', `${name} cannot be decompressed: ${reason}`, {
    cause,
    hint: 'the file is damaged or cut off: copy or download it again',
  });
}
