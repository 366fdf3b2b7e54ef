/** What a package's stanza says of its place among the others. */
export interface PackageNode {
  readonly name: string;
  /** Names that others may depend on in its place. */
  readonly provides: readonly string[];
  /** Of alternatives, all: which of them serves is not asked, and those that are not installed are nobody's. */
  readonly depends: readonly string[];
}

/** The package and its siblings with all that they depend on; empty where it is not among them. */
export function dependencyWalk(
  nodes: readonly PackageNode[],
  first: string,
  siblings: readonly PackageNode[] = [],
): ReadonlySet<string> {
  const providers = new Map<string, PackageNode[]>();
  const provide = (name: string, node: PackageNode): void => {
    const known = providers.get(name);
    if (known === undefined) providers.set(name, [node]);
    else known.push(node);
  };
  for (const node of nodes) for (const name of [node.name, ...node.provides]) provide(name, node);
  const family = new Set<string>();
  const pending = [...nodes.filter(({ name }) => name === first), ...siblings];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (family.has(node.name)) continue;
    family.add(node.name);
    for (const name of node.depends) pending.push(...(providers.get(name) ?? []));
  }
  return family;
}
