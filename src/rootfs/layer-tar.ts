import type { TarEntry } from '../tar/index.ts';
import type { LayerEntry } from './layer-entry.ts';

/** Normalised entries (`normaliseEntries`) as members of a layer's tar: relative paths, one time for all. */
export function* layerTarEntries(entries: Iterable<LayerEntry>, mtimeSeconds: number): Generator<TarEntry> {
  for (const entry of entries) {
    const common = { path: entry.path.slice(1), uid: entry.uid ?? 0, gid: entry.gid ?? 0, mtimeSeconds };
    switch (entry.kind) {
      case 'file':
        yield {
          ...common,
          kind: 'file',
          mode: entry.mode,
          sizeBytes: entry.sizeBytes,
          open: () => entry.open(),
          xattrs: entry.xattrs,
        };
        break;
      case 'directory':
        yield { ...common, kind: 'directory', mode: entry.mode };
        break;
      case 'symlink':
        yield { ...common, kind: 'symlink', target: entry.target };
        break;
    }
  }
}
