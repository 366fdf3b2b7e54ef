import type { Replacement } from '../rootfs/index.ts';
import type { TreeNode } from './tree-node.ts';

/** Noted of an image; each keeps its path and a link's target, which are bounded with the tree's own. */
const REPLACEMENTS_LIMIT = 256;

interface Change {
  readonly before: TreeNode | undefined;
  /** Not given: a whiteout. */
  readonly after?: TreeNode;
  readonly layer: number;
}

/**
 * Where an upper layer takes a directory or a link of a lower one away: with `lib/` in its archive, the link /lib of a
 * distribution becomes a directory, and every loader is gone.
 */
export class Replacements {
  readonly #all: Replacement[] = [];

  get all(): readonly Replacement[] {
    return this.#all;
  }

  note(directory: readonly string[], name: string, { before, after, layer }: Change): void {
    if (before === undefined || before.layer === layer || this.#all.length >= REPLACEMENTS_LIMIT) return;
    if (before.kind !== 'directory' && before.kind !== 'symlink') return;
    if (after?.kind === before.kind && after.target === before.target) return;
    this.#all.push({
      path: `/${[...directory, name].join('/')}`,
      was: describe(before),
      is: after === undefined ? null : describe(after),
      layer,
    });
  }
}

function describe({ kind, target }: TreeNode): string {
  if (kind === 'symlink') return `a link to ${target}`;
  return kind === 'other' ? 'a device, a pipe or a socket' : `a ${kind}`;
}
