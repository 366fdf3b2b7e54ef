import type { OwnerTable } from './owner-table.ts';
import { PACKAGES_LIMIT, stanzasOf, type TextReader } from './text-files.ts';
import { dependencyWalk, type PackageNode } from './dependency-walk.ts';

/** A field of a stanza with its continuation lines (deb822(5)); '' where it has none. */
function field(stanza: string, name: string): string {
  const start = stanza.startsWith(`${name}:`) ? 0 : stanza.indexOf(`\n${name}:`) + 1;
  if (start === 0 && !stanza.startsWith(`${name}:`)) return '';
  const from = start + name.length + 1;
  const end = /\n(?![ \t])/.exec(stanza.slice(from))?.index ?? stanza.length;
  return stanza.slice(from, from + end);
}

/** Names without versions and architectures: `libc6 (>= 2.36), mawk | awk:any`. */
function names(relation: string): readonly string[] {
  return relation.split(/[,|]/).flatMap((part) => /[a-z0-9][a-z0-9+.-]*/i.exec(part)?.[0] ?? []);
}

/**
 * The installed package with all that it depends on (deb-control(5) Depends, Pre-Depends, Provides), and with those of the
 * same source: programs and the service whose configuration they read are often packages of their own (bind9-utils, bind9).
 */
export function dpkgFamily(status: string, first: string): ReadonlySet<string> {
  const nodes: PackageNode[] = [];
  const sources = new Map<string, string>();
  for (const stanza of stanzasOf(status)) {
    if (!field(stanza, 'Status').endsWith(' installed')) continue;
    if (nodes.length === PACKAGES_LIMIT) break;
    const name = field(stanza, 'Package').trim();
    // Without the version that it may name.
    sources.set(name, names(field(stanza, 'Source'))[0] ?? name);
    nodes.push({
      name,
      provides: names(field(stanza, 'Provides')),
      depends: names(`${field(stanza, 'Pre-Depends')},${field(stanza, 'Depends')}`),
    });
  }
  const siblings = nodes.filter(({ name }) => sources.get(name) === sources.get(first));
  return dependencyWalk(nodes, first, siblings);
}

/** Configuration files as their packages brought them (deb-conffiles(5)): the MD5 of each. */
export function readConffiles(read: TextReader, owners: OwnerTable): void {
  for (const stanza of stanzasOf(read('/var/lib/dpkg/status'))) {
    for (const line of field(stanza, 'Conffiles').split('\n')) {
      const [, path, hex] = /^ (\/.*) ([0-9a-f]{32})(?: obsolete)?$/.exec(line) ?? [];
      if (path !== undefined && hex !== undefined)
        owners.addConfiguration(path, { algorithm: 'md5', hex }, null);
    }
  }
}
