import type { OwnerTable } from './owner-table.ts';
import { linesOf, type TextReader } from './text-files.ts';

/**
 * Configuration that packages make and dpkg does not know (ucf(1)): `registry` says whose a file is, `hashfile` what it
 * was when the package last made it.
 */
export function readUcf(read: TextReader, owners: OwnerTable): void {
  const packages = new Map<string, string>();
  for (const line of linesOf(read('/var/lib/ucf/registry'))) {
    const [, owner, path] = /^(\S+)\s+(\/.*)$/.exec(line) ?? [];
    if (owner !== undefined && path !== undefined) packages.set(path, owner);
  }
  for (const line of linesOf(read('/var/lib/ucf/hashfile'))) {
    const [, hex, path] = /^([0-9a-f]{32})\s+(\/.*)$/.exec(line) ?? [];
    const owner = path === undefined ? undefined : packages.get(path);
    if (hex === undefined || path === undefined || owner === undefined) continue;
    owners.addConfiguration(path, { algorithm: 'md5', hex }, owner);
  }
}
