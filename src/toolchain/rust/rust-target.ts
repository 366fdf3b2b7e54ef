import { abiOfArchitecture, rustTriple } from '../../core/machine-abis.ts';

/** Rust's target for an OCI architecture; null where it has none. */
export function rustTarget(architecture: string, libc: 'musl' | 'gnu'): string | null {
  const abi = abiOfArchitecture(architecture);
  return abi === null ? null : rustTriple(abi, libc);
}

/** The triple in the middle of an environment variable: `CC_x86_64_unknown_linux_musl`. */
export function tripleVariable(prefix: string, triple: string): string {
  return `${prefix}_${triple.replaceAll('-', '_')}`;
}
