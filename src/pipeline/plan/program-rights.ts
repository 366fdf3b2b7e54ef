import type { Finding } from '../../core/finding.ts';
import type { StartedFile } from '../../loader/index.ts';
import { type FileTree, readCapability } from '../../rootfs/index.ts';
import type { Program } from '../candidates/candidate.ts';

/** What a program's file gives to whoever starts it, beyond being executable: kept in the image. */
export interface ProgramRights {
  /** 0755, with the setuid and setgid bits that it has. */
  readonly mode: number;
  /** Where a bit makes them count; else root's. */
  readonly uid: number;
  readonly gid: number;
  /** It has file capabilities, or may have and nobody here can tell; a linker gives none. */
  readonly capabilities: 'none' | 'kept' | 'unknown';
  readonly xattrs: Readonly<Record<string, Buffer>>;
}

const NO_RIGHTS: ProgramRights = { mode: 0o755, uid: 0, gid: 0, capabilities: 'none', xattrs: {} };

/** Of a program that was installed (`sudo`, `ping`); what was compiled here has none. */
export async function readRights(program: Program, tree: FileTree): Promise<ProgramRights> {
  const entry = tree.resolve(program.path)?.entry;
  if (program.toolchain !== null || entry === undefined) return NO_RIGHTS;
  const isSetuid = (entry.mode & 0o4000) !== 0;
  // Without group execution the bit is no right: it means locking.
  const isSetgid = (entry.mode & 0o2010) === 0o2010;
  const rights = {
    ...NO_RIGHTS,
    mode: 0o755 | (isSetuid ? 0o4000 : 0) | (isSetgid ? 0o2000 : 0),
    uid: isSetuid ? entry.uid : 0,
    gid: isSetgid ? entry.gid : 0,
  };
  const xattrs = await capabilitiesOf(program.path, tree);
  if (xattrs === null) return { ...rights, capabilities: 'unknown' };
  return { ...rights, xattrs, capabilities: Object.keys(xattrs).length === 0 ? 'none' : 'kept' };
}

async function capabilitiesOf(
  path: string,
  tree: FileTree,
): Promise<Readonly<Record<string, Buffer>> | null> {
  const onDisk = tree.hostPath?.(path) ?? null;
  return onDisk === null ? null : readCapability(onDisk);
}

/** As the kernel will see the file in the image. */
export function startedFile({ mode, uid, gid, xattrs }: ProgramRights): StartedFile {
  return { mode, uid, gid, capability: xattrs['security.capability'] };
}

/** In words, behind "the program": `, set-user-ID 0, with its file capabilities`. */
export function rightsReason({ mode, uid, gid, capabilities }: ProgramRights): string {
  return [
    ...((mode & 0o4000) !== 0 ? [`, set-user-ID ${uid}`] : []),
    ...((mode & 0o2000) !== 0 ? [`, set-group-ID ${gid}`] : []),
    ...(capabilities === 'kept' ? [', with its file capabilities'] : []),
  ].join('');
}

export function rightsFindings(rights: ProgramRights, path: string): readonly Finding[] {
  const { mode, uid, gid, capabilities } = rights;
  const ids = [
    ...((mode & 0o4000) !== 0 ? [`set-user-ID ${uid}`] : []),
    ...((mode & 0o2000) !== 0 ? [`set-group-ID ${gid}`] : []),
  ];
  const set: Finding = {
    level: 'info',
    message: `${path} is ${ids.join(' and ')} here, and stays so in the image (mode ${mode.toString(8)})`,
    hint: 'whoever starts it there gets these rights; if nobody is to, build a copy: cp keeps no such bit',
  };
  return [...(ids.length > 0 ? [set] : []), ...(capabilities === 'unknown' ? [CAPABILITY_UNKNOWN] : [])];
}

const CAPABILITY_UNKNOWN: Finding = {
  level: 'info',
  message: 'file capabilities of the program are not known: they are read by GNU tar, which is not here',
  hint: 'install GNU tar if the program was given some by setcap',
};
