import { compareDotted } from '../../elf/index.ts';
import type { BaseLibrary } from './base.ts';

/** `GLIBC_2.2.5, GLIBC_2.36, GLIBC_ABI_DT_RELR` is `{ highest: { GLIBC: '2.36' }, names: ['GLIBC_ABI_DT_RELR'] }`. */
export function describeVersions(definitions: readonly string[]): BaseLibrary {
  const highest: Record<string, string> = {};
  const names: string[] = [];
  for (const definition of definitions) {
    const numbered = parseVersionName(definition);
    if (numbered === null) {
      if (!/\.so(\.|$)/.test(definition)) names.push(definition);
      continue;
    }
    const before = highest[numbered.family];
    if (before === undefined || compareDotted(before, numbered.version) < 0)
      highest[numbered.family] = numbered.version;
  }
  return { highest, names };
}

export function parseVersionName(name: string): { readonly family: string; readonly version: string } | null {
  const match = /^(.+)_(\d+(?:\.\d+)*)$/.exec(name);
  return match === null ? null : { family: match[1] as string, version: match[2] as string };
}
