import { basename, dirname, join } from 'node:path/posix';
import { findStrings, goFunctionNames, openElf } from '../../elf/index.ts';
import type { FileTree } from '../../rootfs/index.ts';
import type { Program } from '../candidates/candidate.ts';
import { ROOT_DIRECTORIES } from '../request/program-path.ts';

/** Where the program is in the image. */
export interface ProgramPlace {
  /** Its file. */
  readonly path: string;
  /** What is started: the file, or a link to it by whose name it was given (`unxz` of xz, `python3` of python3.11). */
  readonly started: string;
}

/**
 * A ready dynamic program stays where it is, links resolved, since it may look beside itself: where packages put
 * programs, and elsewhere when its bytes ask where it is. Any other goes to the root under its own name: nobody's folder
 * is in the image, and the image is the same from whatever folder. `asked` (`--path`) decides for all.
 */
export function placeProgram(program: Program, asked: string | null, tree: FileTree): ProgramPlace {
  if (asked !== null) return { path: asked, started: asked };
  const own = programPath(program.path);
  const real = tree.resolve(program.path)?.path;
  const isReadyDynamic = program.toolchain === null && program.facts.interpreter !== null;
  if (real === undefined || !isReadyDynamic || !(isInstalled(real) || asksWhereItIs(program, tree)))
    return { path: own, started: own };
  if (basename(real) === basename(program.path)) return { path: real, started: real };
  const name = `${(tree.resolve(dirname(program.path))?.path ?? '').replace(/\/$/, '')}/${basename(program.path)}`;
  return { path: real, started: isInstalled(name) ? name : own };
}

/** Where another program of the image is asked to be: beside the first one. */
export function besidePath(asked: string | null, { path }: Pick<Program, 'path'>): string | null {
  return asked === null ? null : join(dirname(asked), basename(path));
}

/** The root, under its own name: one directory less, and nobody's brand in the path. */
export function programPath(binaryPath: string): string {
  const name = basename(binaryPath);
  return ROOT_DIRECTORIES.has(name) ? `/app/${name}` : `/${name}`;
}

/** Where packages put programs, on every machine the same: FHS 3.0, and the stores of Nix and Guix. */
const INSTALLED = /^\/(?:usr|opt|bin|sbin|lib|lib32|lib64|libx32|nix\/store|gnu\/store)\//;

function isInstalled(path: string): boolean {
  return INSTALLED.test(path);
}

/**
 * Its search paths begin at itself, or it reads the link that says where it is. Each program of Rust has that link's name,
 * for its backtraces, and each of Go, whose table of functions tells the difference.
 */
function asksWhereItIs({ path, facts }: Program, tree: FileTree): boolean {
  const searchPaths = `${facts.rpath ?? ''}:${facts.runpath ?? ''}`;
  if (/\$(?:ORIGIN|\{ORIGIN\})/.test(searchPaths)) return true;
  const source = tree.open(path);
  if (source === null) return false;
  try {
    if (facts.go !== null) return goFunctionNames(openElf(source), ['os.Executable'])?.size !== 0;
    return !facts.languages.includes('rust') && findStrings(source, [OWN_LINK]).has(OWN_LINK);
  } finally {
    source.close();
  }
}

const OWN_LINK = '/proc/self/exe';
