import { statSync } from 'node:fs';
import type { Step } from './assemble-program.ts';
import { AT_FDCWD, AT_RECURSIVE, MOUNT_ATTR_RDONLY, MS } from './system-calls.ts';

export function mount(type: string, target: string, flags: number, options: string): Step {
  return { name: `mount ${type} on ${target}`, call: 'mount', args: [type, target, type, flags, options] };
}

export function bind(source: string, target: string): Step {
  return {
    name: `mount ${source} on ${target}`,
    call: 'mount',
    args: [source, target, 0, MS.BIND | MS.REC, 0],
  };
}

/** mount_setattr(2) of Linux 5.12 only adds the flag; the older remount must repeat flags that a user namespace locks. */
export function readOnly(target: string): Step {
  const attributes = Buffer.alloc(32);
  attributes.writeUInt32LE(MOUNT_ATTR_RDONLY, 0);
  const flags = MS.REMOUNT | MS.BIND | MS.RDONLY;
  const args = [AT_FDCWD, target, AT_RECURSIVE, attributes, attributes.length];
  const remount = (extra: number, onError: Step['onError']): Step => {
    return {
      name: `remount ${target} read-only`,
      call: 'mount',
      args: [0, target, 0, flags | extra, 0],
      onError,
    };
  };
  const otherwise = remount(
    0,
    remount(MS.NOSUID | MS.NODEV, remount(MS.NOSUID | MS.NODEV | MS.NOEXEC, 'fail')),
  );
  return { name: `make ${target} read-only`, call: 'mount_setattr', args, onError: otherwise };
}

/** A file under /dev/null, a directory under an empty one. @param path of this machine. @param target the same, seen in a root. */
export function hide(path: string, target: string): Step {
  return statSync(path).isDirectory()
    ? mount('tmpfs', target, MS.RDONLY, 'size=0k')
    : bind('/dev/null', target);
}
