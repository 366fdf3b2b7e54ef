import type { ImageLocation } from '../places/location.ts';
import type { ByteSource } from '../core/byte-source.ts';
import { MorselError } from '../core/errors.ts';
import { type ForeignFormat, foreignFormat } from '../core/file-format.ts';
import { interpreterName, readShebang, type ShebangProblem, shebangProblem } from '../core/shebang.ts';
import { type ElfFacts, factsOf, isElf, openElf } from '../elf/index.ts';
import { type Closure, findClosure, loaderEnvironment, startsSecure } from '../loader/index.ts';
import { DEFAULT_PATH, parseEnvironment } from '../oci/index.ts';
import { type FileTree, type FileTreeEntry, locateProgram, type ResolvedEntry } from '../rootfs/index.ts';
import type { ExplainTarget } from './explain-request.ts';
import { type ImageUser, readUser } from './image-user.ts';

/** What an image would start, found as a runtime finds it. Only files are read. */
export interface TargetProbe {
  readonly name: string;
  /** Where the target is one file of this machine: as it was given. */
  readonly file: string | null;
  /** null for a root or one file. */
  readonly image: ImageLocation | null;
  readonly tree: FileTree;
  /** Docker's architecture name from the config (`amd64`); null for a bare directory. */
  readonly architecture: string | null;
  readonly env: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly user: ImageUser;
  readonly argv: readonly string[];
  readonly program: ProgramProbe;
}

export type ProgramProbe =
  | { readonly kind: 'none' }
  | { readonly kind: 'not-found'; readonly name: string; readonly searched: readonly string[] }
  | { readonly kind: 'directory'; readonly path: string }
  | FileProbe;

export interface FileProbe {
  readonly kind: 'file';
  readonly path: string;
  readonly realPath: string;
  readonly entry: FileTreeEntry;
  readonly content: FileContent;
}

export type FileContent =
  | { readonly kind: 'elf'; readonly facts: ElfFacts; readonly closure: Closure | null }
  | { readonly kind: 'script'; readonly interpreter: string; readonly carriageReturn: boolean }
  /** Neither ELF nor a script that the kernel takes; `problem` of what was meant to be one. */
  | { readonly kind: 'foreign'; readonly format: ForeignFormat; readonly problem: ShebangProblem | null }
  /** An object file, a core dump, a debug file. */
  | { readonly kind: 'no-program'; readonly what: string }
  | { readonly kind: 'empty' }
  | { readonly kind: 'damaged'; readonly message: string };

/** As whom and in which surroundings the image starts its program: what its loader heeds too. */
type Start = Pick<TargetProbe, 'env' | 'workingDirectory' | 'user'>;

export function probeTarget(target: ExplainTarget): TargetProbe {
  const config = target.config?.config;
  const env = parseEnvironment(config?.Env);
  const argv = target.command ?? [...(config?.Entrypoint ?? []), ...(config?.Cmd ?? [])];
  const workingDirectory =
    config?.WorkingDir === undefined || config.WorkingDir === '' ? '/' : config.WorkingDir;
  const user = readUser(config?.User ?? '', target.tree);
  return {
    name: target.tree.name,
    file: target.file ?? null,
    image: target.image ?? null,
    tree: target.tree,
    architecture: target.config?.architecture ?? null,
    env,
    workingDirectory,
    user,
    argv,
    program: findProgram(target.tree, argv[0], { env, workingDirectory, user }),
  };
}

/** Of a name that PATH has only without permission to execute, that file is what there is to say something about. */
function findProgram(tree: FileTree, name: string | undefined, start: Start): ProgramProbe {
  if (name === undefined || name === '') return { kind: 'none' };
  const path = start.env['PATH'] ?? DEFAULT_PATH;
  const cwd = start.workingDirectory;
  const located = locateProgram(tree, name, { cwd, path });
  if (located.kind === 'absent') return { kind: 'not-found', name, searched: located.searched };
  const { kind } = located;
  // `./app` in /srv is called /srv/app; what `..` is takes the tree to tell.
  const file = located.file.replaceAll(/\/(\.\/)+/g, '/');
  if (kind === 'directory') return { kind, path: file };
  const found = tree.resolve(file);
  return found?.entry.kind === 'file'
    ? probeFile(tree, file, found, start)
    : { kind: 'not-found', name, searched: [file] };
}

function probeFile(
  tree: FileTree,
  path: string,
  { path: realPath, entry }: ResolvedEntry,
  start: Start,
): FileProbe {
  const source = tree.open(realPath);
  try {
    const content =
      source === null
        ? { kind: 'damaged' as const, message: 'it cannot be read' }
        : readContent(source, () => closureOf(tree, path, entry, start));
    return { kind: 'file', path, realPath, entry, content };
  } finally {
    source?.close();
  }
}

function readContent(source: ByteSource, closure: () => Closure | null): FileContent {
  if (source.sizeBytes === 0) return { kind: 'empty' };
  if (!isElf(source)) return readScript(source);
  try {
    const facts = factsOf(openElf(source));
    const { defect, type, link } = facts;
    if (defect?.kind === 'debug-file')
      return { kind: 'no-program', what: `not a program: ${defect.message}` };
    if (link === 'none')
      return { kind: 'no-program', what: `an ELF file of type ${type}, which is not a program` };
    if (defect !== null) return { kind: 'damaged', message: defect.message };
    return { kind: 'elf', facts, closure: closure() };
  } catch (error) {
    if (!(error instanceof MorselError)) throw error;
    return { kind: 'damaged', message: error.message };
  }
}

function closureOf(tree: FileTree, path: string, entry: FileTreeEntry, start: Start): Closure | null {
  const { env, workingDirectory, user } = start;
  const secure = user.uid !== null && startsSecure(entry, { uid: user.uid, gid: user.gid ?? 0 });
  try {
    return findClosure({ tree, path, ...loaderEnvironment(env, workingDirectory), secure });
  } catch (error) {
    if (error instanceof MorselError) return null;
    throw error;
  }
}

function readScript(source: ByteSource): FileContent {
  const shebang = readShebang(source);
  if (shebang === null)
    return { kind: 'foreign', format: foreignFormat(source), problem: shebangProblem(source) };
  const carriageReturn = (shebang.argument ?? shebang.interpreter).endsWith('\r');
  return { kind: 'script', interpreter: interpreterName(shebang), carriageReturn };
}
