import type { FoundPaths } from './found-paths.ts';
import type { Gaps } from './gaps.ts';
import { lookUpPath } from './look-up-path.ts';
import { PathReader } from './read-paths.ts';
import { ADDRESS_ARGUMENT, socketPaths } from './read-sockets.ts';
import { parseDescriptor, parseQuoted } from './strace-text.ts';
import type { Standpoint, Task } from './tasks.ts';
import type { TraceCall } from './trace-call.ts';

/** Calls of `%process` and of the like that name no file. */
const NO_FILES: ReadonlySet<string> = new Set(
  `clone clone3 fork vfork exit exit_group wait4 waitid waitpid kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo
   pidfd_open pidfd_send_signal prctl arch_prctl`.split(/\s+/),
);

/** Whose paths mean something else than before. */
const OTHER_ROOT: ReadonlySet<string> = new Set([
  'chroot',
  'pivot_root',
  'mount',
  'move_mount',
  'mount_setattr',
  'umount',
  'umount2',
]);

/** What the program's calls tell. */
export class CallReader {
  readonly #found: FoundPaths;
  readonly #gaps: Gaps;
  readonly #paths: PathReader;

  constructor(found: FoundPaths, gaps: Gaps) {
    this.#found = found;
    this.#gaps = gaps;
    this.#paths = new PathReader(found, gaps);
  }

  read(call: TraceCall, task: Task): void {
    const from = task.standpoint;
    const isFileCall = this.#paths.read(call, from);
    if (OTHER_ROOT.has(call.name)) this.#changeRoot(call, from);
    else if (!this.#move(call, task) && !isFileCall) this.#readOther(call, from);
  }

  #changeRoot(call: TraceCall, from: Standpoint): void {
    // chroot("/") is what programs do to try whether they may.
    const isSame = call.name === 'chroot' && parseQuoted(call.args[0] ?? '')?.text === '/';
    if (call.result.kind !== 'success' || isSame) return;
    from.isElsewhere = true;
    this.#gaps.add('otherRoot');
  }

  /** Answers whether the call is one that changes the working directory, or tells it. */
  #move(call: TraceCall, task: Task): boolean {
    const from = task.standpoint;
    const isDone = call.result.kind === 'success';
    const first = call.args[0] ?? '';
    switch (call.name) {
      case 'chdir':
        if (isDone) from.cwd = lexicalDirectory(first, from);
        return true;
      case 'fchdir':
        if (isDone) from.cwd = realDirectory(parseDescriptor(first)?.path);
        return true;
      case 'getcwd':
        if (isDone) from.cwd = realDirectory(parseQuoted(first)?.text);
        return true;
      case 'unshare':
        if (isDone && first.includes('CLONE_FS')) task.standpoint = { ...from };
        return true;
      default:
        return false;
    }
  }

  #readOther(call: TraceCall, from: Standpoint): void {
    const address = ADDRESS_ARGUMENT.get(call.name);
    if (address !== undefined) this.#readSockets(call.args[address] ?? '', from);
    else if (call.name === 'getdents64' || call.name === 'getdents') this.#readListing(call, from);
    else if (call.name === 'io_uring_setup') {
      if (call.result.kind === 'success') this.#gaps.add('ioUring');
    } else if (!NO_FILES.has(call.name)) this.#gaps.addUnknownCall(call.name);
  }

  #readSockets(argument: string, from: Standpoint): void {
    if (from.isElsewhere) return;
    for (const { text, isCut } of socketPaths(argument)) {
      const path = isCut ? undefined : lookUpPath(text, from.cwd);
      if (path === undefined) this.#gaps.add(isCut ? 'cutPath' : 'unknownDirectory');
      else this.#found.addSocket(path);
    }
  }

  #readListing(call: TraceCall, from: Standpoint): void {
    const told = parseDescriptor(call.args[0] ?? '')?.path;
    const path = told === undefined ? undefined : lookUpPath(told, undefined);
    if (path !== undefined && call.result.kind === 'success' && !from.isElsewhere) {
      this.#found.addUnnamed(path, ['isListed']);
    }
  }
}

function lexicalDirectory(argument: string, from: Standpoint): Standpoint['cwd'] {
  const quoted = parseQuoted(argument);
  if (quoted === null || quoted.isCut) return undefined;
  const path = lookUpPath(quoted.text, from.cwd);
  return path === undefined ? undefined : { path, isReal: false };
}

function realDirectory(path: string | undefined): Standpoint['cwd'] {
  // The kernel says `(unreachable)/…` of a directory outside of the root.
  return path?.startsWith('/') === true ? { path, isReal: true } : undefined;
}
