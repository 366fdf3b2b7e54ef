import { type ByteSource, memoryByteSource } from '../core/byte-source.ts';
import { MorselError } from '../core/errors.ts';
import { CHANGING_FILES_HINT } from '../core/hints.ts';
import { type FileTree, type LayerEntry, openInTree } from '../rootfs/index.ts';
import type { Candidates, PackedFile, PackedPath } from './candidates.ts';
import type { SourceRoot } from './source-root.ts';
import { pycVerdict } from './unchecked-pyc.ts';

/** A packed program does not keep setuid and setgid: what the image's own program may gain is decided there. */
const PERMISSIONS = 0o777;
const DIRECTORY_PERMISSIONS = 0o1777;

/** What is packed, as entries of a layer, in the same order. */
export function candidateEntries(
  { pack }: Pick<Candidates, 'pack'>,
  source: SourceRoot,
): readonly LayerEntry[] {
  return pack.flatMap((packed) => entryOf(packed, source) ?? []);
}

function entryOf(packed: PackedPath, source: SourceRoot): LayerEntry | null {
  const { path, reason } = packed;
  switch (packed.kind) {
    case 'directory':
      return { kind: 'directory', path, mode: packed.mode & DIRECTORY_PERMISSIONS, reason };
    case 'link':
      return { kind: 'symlink', path, target: packed.target, reason };
    case 'file':
      return fileEntry(packed, source);
  }
}

function fileEntry(packed: PackedFile, { tree }: SourceRoot): LayerEntry | null {
  const { path, source, reason, sizeBytes } = packed;
  const { content } = packed;
  const entry = { kind: 'file', path, mode: packed.mode & PERMISSIONS, sizeBytes, reason } as const;
  if (content !== null) return { ...entry, open: () => memoryByteSource(Buffer.from(content), path) };
  const verdict = pycVerdict(tree, source);
  switch (verdict.kind) {
    case 'leave-out':
      return null;
    case 'as-it-is':
      return { ...entry, open: () => openInTree(tree, source) };
    case 'unchecked':
      return { ...entry, reason: `${reason}; ${UNCHECKED}`, open: () => openUnchecked(tree, source) };
  }
}

const UNCHECKED = 'its header says that its source need not be checked';

/** Made anew when it is written: hundreds of them are not to be held in memory. */
function openUnchecked(tree: FileTree, source: string): ByteSource {
  const verdict = pycVerdict(tree, source);
  if (verdict.kind === 'unchecked') return memoryByteSource(verdict.content, source);
  throw new MorselError('UNREADABLE', `${source} has changed while it was packed`, {
    hint: CHANGING_FILES_HINT,
  });
}
