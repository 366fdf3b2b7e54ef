import { MorselError } from '../core/errors.ts';
import { foreignFormat } from '../core/file-format.ts';
import { executes, hostMachineName } from '../core/machines.ts';
import { type ElfFile, findDefect, isElf, linkageOf, openElf } from '../elf/index.ts';
import { findClosure, loaderEnvironment, startsSecure } from '../loader/index.ts';
import { type FileTree, locateProgram, shebangInTree } from '../rootfs/index.ts';
import type { StartFailure } from '../sandbox/index.ts';

export interface FailedStart {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: { readonly uid: number; readonly gid: number };
  /** The sandbox's, or the line of a loader that started and gave up. */
  readonly failure: StartFailure | { readonly kind: 'loader'; readonly message: string };
}

/**
 * Why a program did not start, with the file that is missing by name: the kernel says "no such file or directory" of a
 * program that is there when it is the interpreter that is not. The words are kept, and the reason put behind them.
 */
export function explainFailedStart(tree: FileTree, start: FailedStart): string {
  const reason = reasonOf(tree, start);
  const { message } = start.failure;
  return reason === null ? message : `${message}: ${reason}`;
}

function reasonOf(tree: FileTree, start: FailedStart): string | null {
  const { argv, cwd, env, failure } = start;
  if (failure.kind === 'chdir' || failure.kind === 'no-command') return null;
  const located = locateProgram(tree, argv[0] ?? '', { cwd, path: env['PATH'] });
  if (located.kind === 'absent') return `the image has no ${argv[0] ?? ''}`;
  if (located.kind === 'directory') return null;
  const { file } = located;
  if (located.kind === 'not-executable') return `${file} is there, and ${modeReason(tree, file)}`;
  try {
    const errno = failure.kind === 'exec' ? failure.errno : null;
    if (errno === 'EACCES') return deniedReason(tree, file);
    if (errno === 'ENOEXEC') return formatReason(tree, file);
    return missingReason(tree, file, start);
  } catch (error) {
    if (error instanceof MorselError) return error.message;
    throw error;
  }
}

function deniedReason(tree: FileTree, file: string): string | null {
  const parts = file.split('/').filter((part) => part !== '');
  const directories = parts.map((_, index) => `/${parts.slice(0, index).join('/')}`);
  const closed = directories.find((directory) => ((tree.resolve(directory)?.entry.mode ?? 0) & 0o001) === 0);
  if (closed !== undefined)
    return `the directory ${closed} has mode ${octal(tree, closed)}: only its owner may enter it`;
  const mode = tree.resolve(file)?.entry.mode ?? 0;
  if ((mode & 0o111) === 0) return modeReason(tree, file);
  return (mode & 0o001) === 0
    ? `its mode is ${octal(tree, file)}: the image's user may not execute it`
    : null;
}

const modeReason = (tree: FileTree, file: string): string =>
  `its mode is ${octal(tree, file)}, not executable: chmod 755`;

function octal(tree: FileTree, path: string): string {
  return (tree.resolve(path)?.entry.mode ?? 0).toString(8).padStart(4, '0');
}

function formatReason(tree: FileTree, file: string): string | null {
  const source = tree.open(file);
  if (source === null) return null;
  try {
    if (source.sizeBytes === 0) return 'the file is empty';
    if (isElf(source)) return elfReason(openElf(source));
    const shebang = shebangInTree(tree, file);
    if (shebang === null) return `it is ${foreignFormat(source).name}`;
    const interpreter = formatReason(tree, shebang.interpreter);
    return interpreter === null ? null : `its interpreter ${shebang.interpreter}: ${interpreter}`;
  } finally {
    source.close();
  }
}

function elfReason(elf: ElfFile): string | null {
  const { machine, type } = linkageOf(elf);
  if (type !== 'EXEC' && type !== 'DYN') return `it is an ELF file of type ${type}, not a program`;
  const defect = findDefect(elf);
  if (defect !== null) return defect.message;
  return executes(hostMachineName(), machine)
    ? null
    : `it is a program for ${machine}, and this machine is ${hostMachineName()}`;
}

/** The interpreter of a script, the interpreter of an ELF file, or the libraries that its loader looks for. */
function missingReason(tree: FileTree, file: string, start: FailedStart): string | null {
  const shebang = shebangInTree(tree, file);
  if (shebang !== null) return scriptReason(tree, file, shebang.interpreter, start);
  const entry = tree.resolve(file)?.entry;
  const secure = entry !== undefined && startsSecure(entry, start.user);
  const request = { tree, path: file, secure, ...loaderEnvironment(start.env, start.cwd) };
  const { interpreter, missing } = findClosure(request);
  if (interpreter !== null && interpreter.file === null) {
    return `its interpreter ${interpreter.path} is not in the image`;
  }
  if (missing.length === 0) return null;
  const names = missing.map(({ name, neededBy }) => `${name} (needed by ${neededBy})`);
  return `not in the image, or not where the loader looks: ${[...new Set(names)].join(', ')}`;
}

function scriptReason(tree: FileTree, file: string, interpreter: string, start: FailedStart): string | null {
  if (interpreter.endsWith('\r')) {
    return `its first line ends with a carriage return, so that its interpreter is "${interpreter.slice(0, -1)}\\r"`;
  }
  if (tree.resolve(interpreter) === null) {
    return `its interpreter ${interpreter}, from the first line of ${file}, is not in the image`;
  }
  const below = missingReason(tree, interpreter, start);
  return below === null ? null : `its interpreter ${interpreter} does not start: ${below}`;
}
