import { join } from 'node:path';
import { isBelow } from '../../core/is-below.ts';
import { writeFileAtomically } from '../../core/write-file-atomically.ts';
import type { Tools } from '../find/tools.ts';
import { makeDirectory } from '../run/work-lock.ts';
import { bwrapFamily, realPath } from './bwrap-family.ts';
import type { BuildSandbox } from './build-sandbox.ts';
import { toolchainPlaces } from './sandbox-places.ts';

export interface FolderSandboxOptions {
  readonly tools: Tools;
  /** Where the build is; it sees this, the system and the toolchains, and nothing else of the machine. */
  readonly folder: string;
  /** Of it, what the build writes. */
  readonly writes: readonly string[];
  /** Where compilers keep what they have compiled for themselves. */
  readonly compilerCache: string;
  /** Where nothing of the build can write; a filter of system calls is put there. */
  readonly ownFolder: string;
  readonly seccomp: Uint8Array | null;
}

/** For builds of morsel's own, such as a library's: code of others in one folder. Errors: WRITE_FAILED, DISK_FULL. */
export function openFolderSandbox(bwrap: string, options: FolderSandboxOptions): BuildSandbox {
  const { tools, folder, compilerCache, ownFolder, seccomp } = options;
  const reads = [folder, ...toolchainPlaces(tools, { env: process.env, realPath })];
  const writes = [...options.writes, compilerCache];
  for (const path of [...writes, ownFolder]) makeDirectory(path);
  const filter = seccomp === null ? null : join(ownFolder, 'seccomp.bpf');
  if (filter !== null && seccomp !== null) writeFileAtomically(filter, seccomp);
  return {
    familyOf: (command, also) =>
      bwrapFamily(bwrap, { reads, writes: [...writes, ...also] }, command.cwd ?? folder, filter),
    environment: (env, temporaryDirectory) => ({
      ...env,
      HOME: temporaryDirectory,
      XDG_CACHE_HOME: undefined,
      ZIG_GLOBAL_CACHE_DIR: join(compilerCache, 'zig'),
    }),
    isOwn: (path) => options.writes.some((own) => isBelow(realPath(path), realPath(own))),
  };
}
