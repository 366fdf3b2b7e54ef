import { abiOfArchitecture, gnuTriple } from '../../core/machine-abis.ts';
import { machineOfArchitecture } from '../../core/machines.ts';

/** What brings a compiler for another machine's glibc: Debian's cross packages have it in their names. */
export function crossCompilerHint(architecture: string, language: 'c' | 'c++' = 'c'): string {
  const abi = abiOfArchitecture(architecture);
  // Where its multiarch tuple says i386, its compilers say i686.
  const isI386 = machineOfArchitecture(architecture) === 'i386';
  const triple = abi === null ? null : isI386 ? 'i686-linux-gnu' : gnuTriple(abi);
  const packageName = language === 'c' ? 'gcc' : 'g++';
  return triple === null
    ? `install a C cross compiler for ${architecture}`
    : `on Debian: apt-get install ${packageName}-${triple}`;
}
