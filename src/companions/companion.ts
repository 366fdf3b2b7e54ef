import { INIT_SOURCE } from './sources/init-source.ts';
import { METER_SOURCE } from './sources/meter-source.ts';
import { PROBE_SOURCE } from './sources/probe-source.ts';

/** A small program of morsel's own: `init` and `probe` go into images, `meter` stands beside a program while it is measured. */
export type CompanionName = 'init' | 'probe' | 'meter';

/** Ours, compiled; a file in the cache. */
export interface Companion {
  readonly name: CompanionName;
  /** On this machine. */
  readonly source: string;
  /** In the image. */
  readonly path: string;
  /** By what it was compiled: `gcc 12.2.0`. */
  readonly compiler: string;
}

export const COMPANION_SOURCES: Readonly<Record<CompanionName, string>> = {
  init: INIT_SOURCE,
  probe: PROBE_SOURCE,
  meter: METER_SOURCE,
};

/** In the root, where nothing of a package lies. */
export const COMPANION_PATHS: Readonly<Record<CompanionName, string>> = {
  init: '/init',
  probe: '/probe',
  meter: '/meter',
};

/** What one may have at most: far more than any compiler makes of them. */
export const COMPANION_LIMIT_BYTES = 12 * 1024;

/** Machines (OCI's words) whose system calls `machine-source.ts` has. */
export const COMPANION_ARCHITECTURES: ReadonlySet<string> = new Set(['amd64', 'arm64', 'riscv64']);
