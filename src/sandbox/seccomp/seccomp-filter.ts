import { inflateRawSync } from 'node:zlib';
import { SECCOMP_FILTERS } from './filters.ts';
import type { SeccompVariant } from './policy.ts';
import type { SandboxMachine } from '../sandbox-machine.ts';

/** struct sock_filter: u16 code, u8 jt, u8 jf, u32 k. */
export const INSTRUCTION_BYTES = 8;
/** BPF_MAXINSNS, linux/bpf_common.h: the kernel refuses a longer filter. */
export const MAX_INSTRUCTIONS = 4096;

/**
 * What the launcher hands to prctl(PR_SET_SECCOMP) before it gives up its rights: an array of struct sock_filter.
 * The same bytes in every sandbox, so that what is refused does not depend on how runc or bubblewrap were built.
 */
export function seccompFilter(machine: SandboxMachine, variant: SeccompVariant): Uint8Array {
  const compressed = Buffer.from(SECCOMP_FILTERS[machine][variant], 'base64');
  return inflateRawSync(compressed, { maxOutputLength: MAX_INSTRUCTIONS * INSTRUCTION_BYTES });
}
