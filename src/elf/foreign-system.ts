import { systemOfLoader } from '../core/interpreter-kind.ts';
import type { ElfFacts } from './facts.ts';

/** EI_OSABI of systems whose programs Linux does not run (gABI, "ELF Identification"). */
const OS_ABIS: Readonly<Record<number, string>> = {
  1: 'HP-UX',
  2: 'NetBSD',
  6: 'Solaris',
  7: 'AIX',
  8: 'IRIX',
  9: 'FreeBSD',
  10: 'Tru64 UNIX',
  12: 'OpenBSD',
  13: 'OpenVMS',
  14: 'NonStop',
};
const GO_OF_LINUX: ReadonlySet<string | undefined> = new Set(['linux', 'android', undefined]);

/**
 * Another system for which a program was built. `sure`: its loader or its Go compiler says so. The header alone says it
 * as well, but Linux does not look at that, and tools write it where they like.
 */
export function foreignSystem({
  go,
  interpreter,
  osAbi,
}: ElfFacts): { readonly system: string; readonly sure: boolean; readonly by: string } | null {
  const goos = go?.settings['GOOS'];
  if (goos !== undefined && !GO_OF_LINUX.has(goos)) return { system: goos, sure: true, by: `GOOS=${goos}` };
  const ofLoader = interpreter === null ? null : systemOfLoader(interpreter);
  if (ofLoader !== null) return { system: ofLoader, sure: true, by: `its loader is ${interpreter}` };
  const ofHeader = OS_ABIS[osAbi];
  return ofHeader === undefined
    ? null
    : { system: ofHeader, sure: false, by: `EI_OSABI in its header is ${osAbi}` };
}
