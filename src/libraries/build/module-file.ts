import type { ModuleFile } from '../rows/library-row.ts';

/** A `.pc` file for a library that brings none: pc(5). Pure. */
export function moduleText({ name, libs, requires }: ModuleFile, version: string): string {
  return [
    'prefix=/usr',
    'libdir=${prefix}/lib',
    'includedir=${prefix}/include',
    '',
    `Name: ${name}`,
    `Description: ${name}, static`,
    `Version: ${upstreamVersion(version)}`,
    ...(requires === undefined ? [] : [`Requires: ${requires}`]),
    `Libs: ${libs === '' ? '' : `-L\${libdir} ${libs}`}`.trim(),
    'Cflags: -I${includedir}',
    '',
  ].join('\n');
}

/** `1:1.2.13.dfsg-1` is 1.2.13: configure scripts compare it. */
export function upstreamVersion(version: string): string {
  const upstream = version.replace(/^\d+:/, '').replace(/-[^-]*$/, '');
  return /^\d+(?:\.\d+)*/.exec(upstream)?.[0] ?? upstream;
}
