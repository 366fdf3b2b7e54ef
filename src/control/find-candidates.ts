import { normalize } from 'node:path/posix';
import type { Observation } from '../observe/index.ts';
import type { FileTree } from '../rootfs/index.ts';
import type { Candidates, NamedPath, PackedPath } from './candidates.ts';
import { ImpliedUses } from './implied-uses.ts';
import { isIgnored, isMissedSocket } from './ignored-paths.ts';
import type { Owner } from './owner.ts';
import { PackPlanner } from './pack-planner.ts';
import { partialDirectories } from './partial-directories.ts';
import { ALL_LOOKED_AT_LIMIT_BYTES, judgeUse, TOO_MANY, type UseJudgement } from './judge-use.ts';
import type { SourceRoot } from './source-root.ts';
import { type UsedPath, usedPaths } from './used-paths.ts';
import { usedWay, type UsedWay } from './used-way.ts';

export interface FindCandidatesOptions {
  /** Of runs in the source root. */
  readonly observations: readonly Observation[];
  readonly source: SourceRoot;
  /** What is in the image already. */
  readonly image: FileTree;
  /** Directories that runs write to, beside /tmp and the like: the user's home. */
  readonly scratch?: readonly string[];
}

/**
 * What programs used in a source root and an image lacks. Docs/explanation/control-run.md has the rules. Errors: those of
 * a command, where rpm is asked.
 */
export async function findCandidates(options: FindCandidatesOptions): Promise<Candidates> {
  const { observations, source, image, scratch = [] } = options;
  const endOf = (path: string): string | null => source.tree.resolve(path)?.path ?? null;
  const used = usedPaths(observations, (path) => isIgnored(path, source, scratch), endOf);
  const lacking = withImplied(used, source.tree, image).filter(
    ({ use, way }) => !isDetour(use.path) || !isIgnored(way.end, source, scratch),
  );
  const owners = await source.ownersOf([...pathsOf(lacking)]);
  const planner = new PackPlanner(source.tree, image);
  for (const { path } of used) planner.know(path);
  const named = new Map<string, NamedPath>();
  const decision: Decision = { source, owners, planner, named, lookedAtBytes: 0 };
  for (const one of lacking) decide(one, decision);
  for (const path of socketsOf(observations)) named.set(path, service(path));
  return {
    pack: planner.planned.map((packed) => withAnswer(packed, source)),
    named: [...named.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
    partial: partialDirectories(used, source.tree, planner),
  };
}

function withAnswer(packed: PackedPath, { answers }: SourceRoot): PackedPath {
  const content = packed.kind === 'file' ? answers.get(packed.path) : undefined;
  if (packed.kind !== 'file' || content === undefined) return packed;
  return { ...packed, content, sizeBytes: Buffer.byteLength(content) };
}

/** `..` after what may be a link stays in a trace: by its name alone nobody knows where such a path leads. */
function isDetour(path: string): boolean {
  return path.includes('/../');
}

interface LackingPath {
  readonly use: UsedPath;
  readonly way: UsedWay;
}

/** More files than any program loads; what is beyond is not followed. */
const IMPLIED_LIMIT = 20_000;

/** Those that the image does not have, with what they imply, each once. */
function withImplied(used: readonly UsedPath[], tree: FileTree, image: FileTree): readonly LackingPath[] {
  const implied = new ImpliedUses(tree);
  const lacking = new Map<string, LackingPath>();
  const pending = [...used].reverse();
  for (let use = pending.pop(); use !== undefined && lacking.size < IMPLIED_LIMIT; use = pending.pop()) {
    if (isSettled(use, lacking.get(use.path)?.use) || image.resolve(use.path) !== null) continue;
    const way = usedWay(tree, use.path);
    if (way === null) continue;
    lacking.set(use.path, { use, way });
    pending.push(...implied.of(use));
  }
  return [...lacking.values()];
}

/** A file that was only looked at may turn out to be needed. */
function isSettled(use: UsedPath, before: UsedPath | undefined): boolean {
  return before !== undefined && !(before.kind === 'looked-at' && use.kind !== 'looked-at');
}

function pathsOf(lacking: readonly LackingPath[]): ReadonlySet<string> {
  return new Set(lacking.flatMap(({ way }) => [...way.links, way.end]));
}

interface Decision {
  readonly source: SourceRoot;
  readonly owners: ReadonlyMap<string, Owner>;
  readonly planner: PackPlanner;
  readonly named: Map<string, NamedPath>;
  lookedAtBytes: number;
}

function decide(lacking: LackingPath, decision: Decision): void {
  const { source, owners, planner, named } = decision;
  const judgement = withinBounds(judgeUse({ ...lacking, source, owners }), lacking, decision);
  const { path, alsoAt, kind } = lacking.use;
  const placed: UseJudgement =
    judgement.kind !== 'pack' || planner.place(path, judgement.why)
      ? judgement
      : { kind: 'name', path, reason: 'the image has something else in its place' };
  if (placed.kind === 'pack' && alsoAt !== null) planner.link(alsoAt, path, placed.why);
  if (placed.kind !== 'name' || named.has(placed.path)) return;
  const isContent = kind !== 'looked-at';
  named.set(placed.path, { path: placed.path, reason: placed.reason, kind: 'file', isContent });
}

function withinBounds(judgement: UseJudgement, { use, way }: LackingPath, decision: Decision): UseJudgement {
  if (judgement.kind !== 'pack' || use.kind !== 'looked-at' || way.entry.kind !== 'file') return judgement;
  decision.lookedAtBytes += way.entry.sizeBytes;
  if (decision.lookedAtBytes <= ALL_LOOKED_AT_LIMIT_BYTES) return judgement;
  return { kind: 'name', path: way.end, reason: TOO_MANY };
}

function socketsOf(observations: readonly Observation[]): ReadonlySet<string> {
  const sockets = observations.flatMap(({ sockets: tried }) => [...tried].map((path) => normalize(path)));
  return new Set(sockets.filter(isMissedSocket));
}

function service(path: string): NamedPath {
  const reason = `it wants a service at ${path}: one of another container, whose socket is to be mounted there`;
  return { path, reason, kind: 'service', isContent: true };
}
