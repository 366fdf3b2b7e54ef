import type { DirectoryTimes, PreparedRequest } from '../prepare/prepared-request.ts';
import type { BindMount, Volume } from '../sandbox.ts';
import {
  DEV_OPTIONS,
  DEVICE_LINKS,
  DEVICE_NODES,
  hiddenSysPaths,
  SHM_OPTIONS,
  writableOptions,
} from '../description.ts';
import type { MadePlace } from '../../rootfs/index.ts';
import type { Step } from './assemble-program.ts';
import { makeDirectory, makeEmptyFile, makeLink, setTimes, writeFile } from './file-steps.ts';
import type { Limits } from './privilege-steps.ts';
import { bindInRoot } from './bind-in-root.ts';
import { bind, hide, mount, readOnly } from './mount-steps.ts';
import { AT_FDCWD, MNT_DETACH, MS } from './system-calls.ts';
import { CONSOLE_PATH } from './terminal-steps.ts';
import { volumeSteps } from './volume-steps.ts';

/** Where everything of a run is mounted: a folder of its own, of which the host sees nothing but an empty directory. */
export interface RootPlan {
  /** Absolute. */
  readonly scratch: string;
  /** The unpacked image. */
  readonly image: string;
  readonly imageAttributes: RootAttributes;
  /** In a user namespace overlayfs keeps its notes in user.* attributes (Linux 5.11). */
  readonly inUserNamespace: boolean;
  readonly readOnlyRoot: boolean;
  readonly newNetwork: boolean;
  readonly hostname: string;
  readonly limits: Limits;
  /** Files that are to have their capabilities. */
  readonly privileged: PreparedRequest['otherPrivileged'];
  readonly missing: readonly MadePlace[];
  readonly changed: readonly DirectoryTimes[];
  /** Path in the root → content; the files of /etc that docker puts there. */
  readonly files: Readonly<Record<string, string>>;
  readonly emulator: { readonly source: string; readonly target: string } | null;
  readonly binds: readonly BindMount[];
  readonly volumes: readonly Volume[];
  /** Of what is in volumes; null where it is the one id that there is. */
  readonly volumeOwner: { readonly uid: number; readonly gid: number } | null;
  /** The program's terminal, a device of the machine; the owner is null where it stays the caller's. */
  readonly console: {
    readonly source: string;
    readonly owner: { readonly uid: number; readonly gid: number } | null;
  } | null;
}

/** Of `/` of the image, which an overlay takes from its upper layer. The owner is null where it cannot be another. */
export interface RootAttributes {
  readonly mode: number;
  readonly owner: { readonly uid: number; readonly gid: number } | null;
}

/** Where the finished root is found. */
export function mergedRoot(scratch: string): string {
  return `${scratch}/root`;
}

const LOCKED = MS.NOSUID | MS.NODEV | MS.NOEXEC;

/**
 * A container's root with everything that `docker run` mounts but /proc, which belongs to a pid namespace. What is
 * written goes to a tmpfs, which ends with the mount namespace: nothing is left to clean up, whatever the program did.
 */
export function rootSteps(plan: RootPlan): readonly Step[] {
  const root = mergedRoot(plan.scratch);
  return [
    ...overlaySteps(plan),
    ...plan.missing.map(({ path, kind }) =>
      kind === 'directory' ? makeDirectory(`${root}${path}`) : makeEmptyFile(`${root}${path}`),
    ),
    ...plan.changed.map((times) => setTimes(`${root}${times.path}`, times)),
    ...capabilitySteps(plan, root),
    ...(plan.readOnlyRoot ? [readOnly(root)] : []),
    ...deviceSteps(`${root}/dev`),
    ...consoleSteps(plan, root),
    ...systemSteps(`${root}/sys`, plan.newNetwork),
    ...emulatorSteps(plan, root),
    ...plan.binds.flatMap((one) => bindInRoot(one, root)),
    ...volumeSteps(plan, root),
    // Over the mounts: one of them may be the whole /etc.
    ...injectedSteps(plan, root),
    { name: 'hostname', call: 'sethostname', args: [plan.hostname, Buffer.byteLength(plan.hostname)] },
  ];
}

/** The layers are named relative to the folder: a comma or a colon in a path would end it in the options. */
function overlaySteps({
  scratch,
  image,
  imageAttributes,
  inUserNamespace,
  limits,
}: RootPlan): readonly Step[] {
  const { mode, owner } = imageAttributes;
  const upper = `${scratch}/upper`;
  const layers = `lowerdir=lower,upperdir=upper,workdir=work${inUserNamespace ? ',userxattr' : ''}`;
  return [
    { name: 'umask', call: 'umask', args: [0] },
    mount('tmpfs', scratch, MS.NOSUID | MS.NODEV, writableOptions(limits.memoryBytes)),
    ...['lower', 'upper', 'work', 'root', 'files'].map((name) => makeDirectory(`${scratch}/${name}`)),
    ...(owner === null
      ? []
      : [
          { name: 'owner of /', call: 'fchownat', args: [AT_FDCWD, upper, owner.uid, owner.gid, 0] } as const,
        ]),
    { name: 'mode of /', call: 'fchmodat', args: [AT_FDCWD, upper, mode] },
    bind(image, `${scratch}/lower`),
    { name: `chdir to ${scratch}`, call: 'chdir', args: [scratch] },
    // A device file that a program makes is no device.
    mount('overlay', mergedRoot(scratch), MS.NODEV, layers),
    { name: 'chdir to /', call: 'chdir', args: ['/'] },
  ];
}

/** The unpacked files lack them, for Node cannot set them; the overlay gets copies that do not. */
function capabilitySteps({ privileged }: RootPlan, root: string): readonly Step[] {
  return privileged.flatMap(({ path, capability, isMounted }): readonly Step[] => {
    if (capability === null || isMounted) return [];
    const args = [`${root}${path}`, 'security.capability', capability, capability.length, 0] as const;
    return [{ name: `capabilities of ${path}`, call: 'lsetxattr', args }];
  });
}

function deviceSteps(dev: string): readonly Step[] {
  return [
    mount('tmpfs', dev, MS.NOSUID, DEV_OPTIONS),
    ...DEVICE_NODES.flatMap((name) => [
      makeEmptyFile(`${dev}/${name}`),
      bind(`/dev/${name}`, `${dev}/${name}`),
    ]),
    ...Object.entries(DEVICE_LINKS).map(([name, target]) => makeLink(`${dev}/${name}`, target)),
    ...['pts', 'shm', 'mqueue'].map((name) => makeDirectory(`${dev}/${name}`)),
    mount('devpts', `${dev}/pts`, MS.NOSUID | MS.NOEXEC, 'newinstance,ptmxmode=0666,mode=0620'),
    mount('tmpfs', `${dev}/shm`, LOCKED, SHM_OPTIONS),
    mount('mqueue', `${dev}/mqueue`, LOCKED, ''),
  ];
}

/** As docker binds it: the program's end of a terminal stands in its own root. */
function consoleSteps({ console }: RootPlan, root: string): readonly Step[] {
  if (console === null) return [];
  const { source, owner } = console;
  const target = `${root}${CONSOLE_PATH}`;
  const give: readonly Step[] =
    owner === null
      ? []
      : [
          {
            name: 'owner of the terminal',
            call: 'fchownat',
            args: [AT_FDCWD, target, owner.uid, owner.gid, 0],
          },
          { name: 'mode of the terminal', call: 'fchmodat', args: [AT_FDCWD, target, 0o660] },
        ];
  return [makeEmptyFile(target), bind(source, target), ...give];
}

function systemSteps(sys: string, newNetwork: boolean): readonly Step[] {
  const bound = bind('/sys', sys);
  // sysfs shows the network devices of the namespace that mounts it, so only an owner of that namespace may do it.
  const fresh = { ...mount('sysfs', sys, LOCKED | MS.RDONLY, ''), onError: bound };
  return [
    newNetwork ? fresh : bound,
    readOnly(sys),
    ...hiddenSysPaths().map((path) => hide(path, `${sys}${path.slice('/sys'.length)}`)),
  ];
}

/** Files of the run, not of the host: a program that may write to them writes to the tmpfs. */
function injectedSteps({ scratch, files }: RootPlan, root: string): readonly Step[] {
  return Object.entries(files).flatMap(([path, content], index) => {
    const file = `${scratch}/files/${index}`;
    return [
      ...writeFile(file, content),
      ...bindInRoot({ source: file, target: path, readOnly: false }, root),
    ];
  });
}

function emulatorSteps({ emulator }: RootPlan, root: string): readonly Step[] {
  if (emulator === null) return [];
  const target = `${root}${emulator.target}`;
  return [makeEmptyFile(target), ...bindInRoot({ ...emulator, readOnly: true }, root)];
}

/** The finished root becomes the only thing there is. */
export function pivotSteps(root: string): readonly Step[] {
  return [
    { name: 'chdir to the root', call: 'chdir', args: [root] },
    // pivot_root(2), "pivot_root(".", ".")": the old root lands on top of the new one, and is taken away from there.
    { name: 'pivot_root', call: 'pivot_root', args: ['.', '.'] },
    { name: 'leave the old root', call: 'umount2', args: ['.', MNT_DETACH] },
    { name: 'chdir to /', call: 'chdir', args: ['/'] },
  ];
}
