import type { BindMount } from '../sandbox.ts';
import type { Step } from './assemble-program.ts';
import { FIRST_FREE_FD } from './descriptors.ts';
import { bind, readOnly } from './mount-steps.ts';
import { closeInheritedStep } from './start-steps.ts';
import { AT_FDCWD, O, RESOLVE } from './system-calls.ts';

const ROOT_FD = FIRST_FREE_FD;
const PLACE_FD = FIRST_FREE_FD + 1;
const MOUNTED_FD = FIRST_FREE_FD + 2;

/**
 * A mount on a path of the root, which is canonical: no link is followed to it. The folder of an earlier mount may hold
 * some that a program of an earlier run has left there, and they would lead to the machine's own folders, from which the
 * next program of the chain is started.
 */
export function bindInRoot(
  { source, target, readOnly: isReadOnly }: BindMount,
  root: string,
): readonly Step[] {
  const mounted = { ...bind(source, descriptorPath(PLACE_FD)), name: `mount ${source} on ${target}` };
  return [
    { name: `open ${root}`, call: 'openat', args: [AT_FDCWD, root, O.PATH, 0] },
    openInRoot(target),
    mounted,
    // PLACE_FD is what the mount lies on; what is now there is opened anew.
    ...(isReadOnly ? [openInRoot(target), readOnly(descriptorPath(MOUNTED_FD))] : []),
    closeInheritedStep(),
  ];
}

/** struct open_how of openat2(2): flags, mode, resolve. */
function openInRoot(path: string): Step {
  const how = { fields: [O.PATH, 0, RESOLVE.IN_ROOT | RESOLVE.NO_SYMLINKS] };
  return { name: `open ${path}`, call: 'openat2', args: [ROOT_FD, path, how, OPEN_HOW_BYTES] };
}

const OPEN_HOW_BYTES = 24;

function descriptorPath(fd: number): string {
  return `/proc/self/fd/${fd}`;
}
