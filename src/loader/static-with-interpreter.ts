import type { ElfFacts } from '../elf/index.ts';

/**
 * What lld and mold make of `musl-gcc -static`, whose specs always pass -dynamic-linker: musl's loader starts it, and it
 * crashes. A Go program that asks for a loader needs nothing from it, and is none of these.
 */
export function isStaticWithInterpreter({ interpreter, type, needed, libc }: ElfFacts): boolean {
  return interpreter !== null && type === 'EXEC' && needed.length === 0 && libc === 'musl';
}
