import { MorselError } from '../../core/errors.ts';

/** musl 1.1.21 and later take no more from a program (DEFAULT_STACK_MAX of src/internal/pthread_impl.h). */
const MOST_BYTES = 8 * 1024 * 1024;
/** PTHREAD_STACK_MIN of musl is 2048; what a thread of libc's own calls needs is more. */
const LEAST_BYTES = 16 * 1024;

/** Error: USAGE. */
export function parseStackSize(bytes: number | null): number | null {
  if (bytes === null || (Number.isInteger(bytes) && bytes >= LEAST_BYTES && bytes <= MOST_BYTES))
    return bytes;
  throw new MorselError('USAGE', `${bytes} is no stack size that musl takes`, {
    hint: `give bytes from ${LEAST_BYTES} to ${MOST_BYTES}; a thread that needs more asks by pthread_attr_setstacksize`,
  });
}
