import { isBelow } from '../core/is-below.ts';
import type { Owner } from './owner.ts';
import type { PackReason } from './pack-planner.ts';
import { holdsPrivateKey, isClosed, isSecretName } from './secrets.ts';
import type { SourceRoot } from './source-root.ts';
import type { UsedPath } from './used-paths.ts';
import type { UsedWay } from './used-way.ts';

/** What is to be done about a path that a program used and its image lacks. */
export type UseJudgement =
  | { readonly kind: 'pack'; readonly why: PackReason }
  | { readonly kind: 'name'; readonly path: string; readonly reason: string }
  | { readonly kind: 'ignore' };

/** Of a file that is only looked at, the size is all that it costs: gcc looks whether it has an lto-wrapper of 1 MB. */
const LOOKED_AT_LIMIT_BYTES = 4 * 1024 * 1024;
/** Of all of them together, for a program may look at everything that there is (`ls -l`). */
export const ALL_LOOKED_AT_LIMIT_BYTES = 32 * 1024 * 1024;

export interface JudgedUse {
  readonly use: UsedPath;
  readonly way: UsedWay;
  readonly source: SourceRoot;
  readonly owners: ReadonlyMap<string, Owner>;
}

const IGNORE: UseJudgement = { kind: 'ignore' };

export function judgeUse({ use, way, source, owners }: JudgedUse): UseJudgement {
  if (source.answers.has(use.path)) return answer(use, source);
  const owned = [...way.links, way.end].map((path) => ({ path, owner: ownerIn(owners, path) }));
  const foreign = owned.find(({ owner }) => owner.kind === 'machine');
  const owner = owned.at(-1)?.owner ?? UNKNOWN;
  const pack: UseJudgement = { kind: 'pack', why: { owner, reason: reasonOf(use, owner, source) } };
  if (way.entry.kind === 'directory') return judgeDirectory(way, source, foreign === undefined, pack);
  if (way.entry.kind !== 'file') return IGNORE;
  const kept = keptBack(source, way, owner) ?? (foreign === undefined ? null : whyNot(foreign));
  if (use.kind !== 'looked-at') return kept ?? pack;
  // Programs look at much: to name all that would hide the rest.
  if (kept !== null) return IGNORE;
  return way.entry.sizeBytes > LOOKED_AT_LIMIT_BYTES ? named(way.end, TOO_LARGE) : pack;
}

const ANSWER: Owner = { kind: 'generated', by: 'morsel' };

function answer(use: UsedPath, { description }: SourceRoot): UseJudgement {
  const reason = `${WORDS[use.kind]} ${description}: what it says there is this machine's own, and this is as good`;
  return { kind: 'pack', why: { owner: ANSWER, reason } };
}

function named(path: string, reason: string): UseJudgement {
  return { kind: 'name', path, reason };
}

function whyNot({ path, owner }: { readonly path: string; readonly owner: Owner }): UseJudgement {
  return named(path, owner.kind === 'machine' ? owner.reason : '');
}

const UNKNOWN: Owner = { kind: 'machine', reason: 'nobody knows whose it is' };

function ownerIn(owners: ReadonlyMap<string, Owner>, path: string): Owner {
  return owners.get(path) ?? UNKNOWN;
}

/** An empty directory tells nothing; but one that only its user may enter, and that no package has, is private. */
function judgeDirectory(
  { entry }: UsedWay,
  { kind }: SourceRoot,
  isOwned: boolean,
  pack: UseJudgement,
): UseJudgement {
  return kind === 'machine' && !isOwned && isClosed(entry) ? IGNORE : pack;
}

const MIB = 1024 * 1024;
const TOO_LARGE = `it was only looked at, and is larger than ${LOOKED_AT_LIMIT_BYTES / MIB} MiB`;
export const TOO_MANY = `it was only looked at, as were others of more than ${ALL_LOOKED_AT_LIMIT_BYTES / MIB} MiB in all`;

/** A secret. What an image was made with is for its maker to know; what a package brought to /usr everybody can have. */
function keptBack({ kind, tree }: SourceRoot, { end, entry }: UsedWay, owner: Owner): UseJudgement | null {
  if (kind === 'image') return null;
  if (isClosed(entry)) return named(end, 'not everybody on this machine may read it');
  if (owner.kind === 'package' && isBelow(end, '/usr')) return null;
  if (isSecretName(end)) return named(end, 'by its name it is a secret');
  return holdsPrivateKey(tree, end) ? named(end, 'it holds a private key') : null;
}

const WORDS: Readonly<Record<UsedPath['kind'], string>> = {
  executed: 'executed by the program',
  read: 'read by the program',
  needed: 'needed by the program',
  listed: 'listed by the program',
  'looked-at': 'looked at by the program',
};

function reasonOf({ kind, because }: UsedPath, owner: Owner, { description }: SourceRoot): string {
  return `${because ?? `${WORDS[kind]} ${description}`} (${ownerWords(owner)})`;
}

function ownerWords(owner: Owner): string {
  switch (owner.kind) {
    case 'package':
      return owner.isShared ? 'a directory of several packages' : `package ${owner.package}`;
    case 'program':
      return 'beside the program';
    case 'generated':
      return `made by ${owner.by}`;
    case 'image':
      return 'of the image';
    case 'machine':
      return 'a directory of this machine';
  }
}
