import type { Step } from './assemble-program.ts';
import { AT_FDCWD, AT_SYMLINK_NOFOLLOW, O, S_IFREG } from './system-calls.ts';
import { FIRST_FREE_FD } from './descriptors.ts';

export function makeDirectory(path: string, mode = 0o755): Step {
  return { name: `make ${path}`, call: 'mkdirat', args: [AT_FDCWD, path, mode] };
}

/** An empty file, for something that is bound over it. */
export function makeEmptyFile(path: string): Step {
  return { name: `make ${path}`, call: 'mknodat', args: [AT_FDCWD, path, S_IFREG | 0o644, 0] };
}

export function makeLink(path: string, target: string): Step {
  return { name: `make ${path}`, call: 'symlinkat', args: [target, AT_FDCWD, path] };
}

/** Every descriptor from FIRST_FREE_FD is closed at the time, so that openat(2) gives that one. */
export function writeFile(path: string, content: string, flags: number = O.CREAT | O.TRUNC): readonly Step[] {
  const bytes = Buffer.from(content);
  return [
    { name: `open ${path}`, call: 'openat', args: [AT_FDCWD, path, O.WRONLY | flags, 0o644] },
    { name: `write ${path}`, call: 'write', args: [FIRST_FREE_FD, bytes, bytes.length] },
    { name: `close ${path}`, call: 'close', args: [FIRST_FREE_FD] },
  ];
}

/** struct timespec[2] of utimensat(2). */
export function setTimes(path: string, times: { readonly atimeNs: bigint; readonly mtimeNs: bigint }): Step {
  const both = Buffer.alloc(32);
  [times.atimeNs, times.mtimeNs].forEach((ns, index) => {
    // A time before 1970 has negative seconds, and nanoseconds that count up from them.
    const seconds = (ns - (((ns % SECOND_NS) + SECOND_NS) % SECOND_NS)) / SECOND_NS;
    both.writeBigInt64LE(seconds, 16 * index);
    both.writeBigInt64LE(ns - seconds * SECOND_NS, 16 * index + 8);
  });
  return { name: `time of ${path}`, call: 'utimensat', args: [AT_FDCWD, path, both, AT_SYMLINK_NOFOLLOW] };
}

const SECOND_NS = 1_000_000_000n;
