import type { LayerDirectory, LayerEntry } from './layer-entry.ts';

/**
 * The directories above the entries of an image's lowest layer, where no entry gives them: 0755, owned by root.
 * Engines would make missing parents themselves, but Docker up to 20.10 makes them 0600 wherever it cannot use
 * overlay2's native diff (vfs, or a kernel with redirect_dir; pkg/archive/diff.go): a numeric user then gets
 * "permission denied" on its own entrypoint. Not for a layer above a base: there `lib/` would replace a link `/lib`.
 */
export function parentDirectories(entries: readonly LayerEntry[]): LayerDirectory[] {
  const known = new Set(entries.map((entry) => entry.path));
  const parents: LayerDirectory[] = [];
  for (const { path } of entries) {
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      const parent = path.slice(0, slash);
      if (known.has(parent)) break;
      known.add(parent);
      parents.push({ kind: 'directory', path: parent, mode: 0o755, reason: `the way to ${path}` });
    }
  }
  return parents;
}
