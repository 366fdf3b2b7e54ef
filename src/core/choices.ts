/**
 * Words that a user chooses from: one list each, from which the command line's choices, the fields of morsel.json, the
 * types and the tests are made. They are here because the command line needs them before it loads what they choose.
 */

/** In the order of preference: first what docker itself runs containers with. */
export const SANDBOXES = ['runc', 'crun', 'bwrap', 'unshare'] as const;
export type SandboxName = (typeof SANDBOXES)[number];

/** All that a ladder can have; `pipeline/candidates/ladder.ts` has which of them a language has, and their order. */
export const RUNGS = ['static-musl', 'static-glibc', 'static-go', 'closure'] as const;
/** On a base a program is compiled as for `closure`. */
export type Rung = (typeof RUNGS)[number] | 'base';

/** `default` never changes behaviour; `smallest` may, and says what it traded; `debug` keeps symbols. */
export const SIZE_PROFILES = ['default', 'smallest', 'debug'] as const;
export type SizeProfile = (typeof SIZE_PROFILES)[number];

/** What malloc can be beside the C library's own. */
export const ALLOCATORS = ['mimalloc'] as const;
export type Allocator = (typeof ALLOCATORS)[number];

/** Of layers. */
export const COMPRESSIONS = ['gzip', 'zstd', 'none'] as const;
export type Compression = (typeof COMPRESSIONS)[number];

/** Engines that take an image, in the order in which they are asked. */
export const ENGINES = ['docker', 'podman'] as const;
export type EngineName = (typeof ENGINES)[number];

/** Of a container: loopback only, or the machine's. */
export const NETWORKS = ['none', 'host'] as const;
export type Network = (typeof NETWORKS)[number];

/** What a proof can show, the weakest first: it starts as in the control run; a job does what it does there; and what a check expects holds. */
export const PROOF_STRENGTHS = ['start', 'equal', 'checked'] as const;
export type ProofStrength = (typeof PROOF_STRENGTHS)[number];
