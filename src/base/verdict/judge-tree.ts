import { MorselError } from '../../core/errors.ts';
import {
  type ElfFacts,
  exportedSymbols,
  importedSymbols,
  loaderCpuLevel,
  openElf,
  DF,
  DF_1,
} from '../../elf/index.ts';
import { type Closure, findClosure, type LibcRelease, muslVersion } from '../../loader/index.ts';
import { fulfilledNeeds } from '../../needs/index.ts';
import type { FileTree } from '../../rootfs/file-tree.ts';
import { librariesTakenAway, overlayTree, takenAway } from '../../rootfs/index.ts';
import { describeVersions } from '../known/library-versions.ts';
import { judgeAnywhere, judgeRelr, withLacking } from './judge-bases.ts';
import { listNames } from '../../core/list-names.ts';

import { NAMED_LIMIT, type JudgeRequest, type Verdict } from './verdict.ts';

export interface JudgeTreeRequest extends JudgeRequest {
  /** The base: an unpacked image, or an image's layers read in place. */
  readonly tree: FileTree;
  /** Where the program is in the tree, or would be put: absolute. */
  readonly path: string;
  // `elf`: the program, where it is not in the tree.
}

type Start = Pick<Verdict, 'runs' | 'reason' | 'fix'>;

/** Will the program start on this very root? Decided by its own loader's search, not by a table. */
export function judgeTree(request: JudgeTreeRequest): Verdict {
  const { facts, tree, path, elf } = request;
  const start =
    judgeAnywhere(facts) ??
    judgeClosure(facts, elf === undefined ? tree : overlayTree(tree, path, elf.source), path);
  if (start.runs !== 'yes') return { base: tree.name, ...start };
  return {
    base: tree.name,
    runs: 'yes',
    reason: withLacking(start.reason, request.needs, fulfilledNeeds(tree)),
  };
}

function judgeClosure(facts: ElfFacts, tree: FileTree, path: string): Start {
  let closure: Closure;
  try {
    closure = findClosure({ tree, path });
  } catch (error) {
    if (!(error instanceof MorselError)) throw error;
    return { runs: 'unknown', reason: error.message };
  }
  return (
    judgeFound(closure, tree) ??
    judgeRelr(facts, libcOf(closure, tree)) ??
    judgeSymbols(closure, tree) ?? {
      runs: 'yes',
      reason: `its loader finds ${countOf(closure.libraries.length)}${cpuNote(closure, tree)}`,
    }
  );
}

function libcOf({ loader, interpreter, libraries }: Closure, tree: FileTree): LibcRelease {
  if (loader === 'musl') return { name: loader, version: muslVersion(tree, interpreter?.path ?? '') };
  const libc = libraries.find(({ facts }) => facts.soname === 'libc.so.6');
  const { highest, names } = describeVersions([...(libc?.facts.versionDefinitions ?? [])]);
  return { name: 'glibc', version: highest['GLIBC'] ?? null, versionNames: names };
}

/** The loader ends the start on an older processor, whatever the program is built for. */
function cpuNote({ interpreter }: Closure, tree: FileTree): string {
  const file = interpreter?.file ?? null;
  const source = file === null ? null : tree.open(file.realPath);
  if (file === null || source === null) return '';
  try {
    const level = loaderCpuLevel(file.facts, source);
    return level === null ? '' : `; ${file.path} wants a processor of ${level}`;
  } finally {
    source.close();
  }
}

const countOf = (libraries: number): string =>
  libraries === 1 ? 'the one library' : `all ${libraries} libraries`;

/** What the loader itself would say before it looks at symbols; null when nothing. */
function judgeFound(
  { loader, interpreter, libraries, missing, failures, versionProblems, facts }: Closure,
  tree: FileTree,
): Start | null {
  if (interpreter !== null && interpreter.file === null) {
    return {
      runs: 'no',
      reason: `its loader ${interpreter.path} is not there: exec fails with "no such file or directory"${takenAway(tree, interpreter.path)}`,
      fix: 'ship the closure, or link statically',
    };
  }
  if (loader === 'other')
    return {
      runs: 'unknown',
      reason: `where its loader ${interpreter?.path} looks for libraries is not known`,
    };
  const [lost] = missing;
  if (lost !== undefined) {
    const names = [...new Set(missing.map(({ name }) => name))];
    return {
      runs: 'no',
      reason: `not found: ${listNames(names, NAMED_LIMIT)} (${lost.name} is needed by ${lost.neededBy})${librariesTakenAway(tree)}`,
      fix: 'install the packages, or ship the closure',
    };
  }
  const [failure] = failures;
  if (failure !== undefined) return { runs: 'no', reason: `${failure.path}: ${failure.message}` };
  // Loaders do not look: the first access to what is missing ends the program (SIGBUS).
  const damaged = libraries.find(({ facts: { defect } }) => defect !== null);
  if (damaged !== undefined)
    return { runs: 'no', reason: `${damaged.path} is damaged: ${damaged.facts.defect?.message}` };
  const [problem] = versionProblems;
  if (problem !== undefined)
    return {
      runs: 'no',
      reason: problem.message,
      fix: 'take a newer base, build on an older system, or link statically',
    };
  return facts.packedBy === null
    ? null
    : { runs: 'unknown', reason: 'packed: what is inside cannot be read' };
}

/** Functions and data that no loaded object has: fatal at the start when bound then, as musl always does. */
function judgeSymbols(closure: Closure, tree: FileTree): Start | null {
  const program = { path: closure.path, bindsNow: bindsNow(closure, closure.facts) };
  const objects = [
    program,
    ...closure.libraries.map(({ realPath, facts }) => ({
      path: realPath,
      bindsNow: bindsNow(closure, facts),
    })),
  ];
  const read = objects.map((object) => ({ ...object, ...readSymbols(tree, object.path) }));
  const provided = new Set(read.flatMap(({ exports }) => exports));
  const loader = closure.interpreter?.file;
  if (loader !== undefined && loader !== null)
    for (const name of readSymbols(tree, loader.realPath).exports) provided.add(name);
  for (const { path, imports, bindsNow: now } of read) {
    const absent = imports.filter((name) => !provided.has(name));
    if (absent.length === 0) continue;
    const reason = `${path} uses ${absent.slice(0, NAMED_LIMIT).join(', ')}, which no library has`;
    return now
      ? { runs: 'no', reason, fix: 'ship the libraries that it was linked with' }
      : { runs: 'unknown', reason: `${reason}: it fails when that is called` };
  }
  return null;
}

/** Every function is looked up at the start, not at its first call: gABI, and Solaris for DF_1_NOW. */
function bindsNow({ loader }: Closure, { flags, flags1 }: Closure['facts']): boolean {
  return loader === 'musl' || (flags & DF.BIND_NOW) !== 0 || (flags1 & DF_1.NOW) !== 0;
}

function readSymbols(
  tree: FileTree,
  path: string,
): { readonly imports: readonly string[]; readonly exports: readonly string[] } {
  const source = tree.open(path);
  if (source === null) return { imports: [], exports: [] };
  try {
    const elf = openElf(source);
    return {
      imports: importedSymbols(elf)
        .filter(({ weak }) => !weak)
        .map(({ name }) => name),
      exports: exportedSymbols(elf).map(({ name }) => name),
    };
  } finally {
    source.close();
  }
}
