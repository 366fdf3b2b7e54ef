import { compareDotted } from '../elf/index.ts';

/** A C library as far as its loader's abilities depend on its age. */
export interface LibcRelease {
  readonly name: 'glibc' | 'musl';
  /** null where its bytes do not say. */
  readonly version: string | null;
  /** Symbol versions without a number that its libc.so.6 defines. */
  readonly versionNames?: readonly string[];
}

/** The first release whose loader applies DT_RELR (glibc's NEWS, musl's WHATSNEW). */
const RELR_SINCE: Readonly<Record<LibcRelease['name'], string>> = { glibc: '2.36', musl: '1.2.4' };
/** What glibc has it under, also where a distribution has taken it into an older release. */
const RELR_VERSION_NAME = 'GLIBC_ABI_DT_RELR';

/** Whether a loader applies DT_RELR relocations; those before ignore them. Null where that cannot be seen. */
export function appliesRelr({ name, version, versionNames = [] }: LibcRelease): boolean | null {
  if (versionNames.includes(RELR_VERSION_NAME)) return true;
  return version === null ? null : compareDotted(version, RELR_SINCE[name]) >= 0;
}
