import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SandboxName } from '../core/choices.ts';
import { fileState } from '../core/file-state.ts';
import { findTool } from '../core/find-tool.ts';
import { makeDirectories } from '../core/make-directories.ts';
import { readSmallFile } from '../core/read-small-file.ts';
import { temporaryDirectory } from '../core/temporary-folder.ts';
import { writeFileAtomically } from '../core/write-file-atomically.ts';
import type { Mode } from './container/container-plan.ts';
import { DRIVERS } from './drivers/drivers.ts';

/** A few words. */
const FILE_LIMIT_BYTES = 4096;

/** A sandbox in the way in which it worked. */
export interface WorkingMode {
  readonly name: SandboxName;
  readonly mode: Mode;
}

/**
 * What a trial of the sandboxes came to, kept for as long as this machine, this user and this surrounding are the same: a
 * trial is a whole run, as long as that of a small image. It is a memory of what worked and never of what did not, and
 * whoever finds it wrong forgets it.
 */
export class RememberedMode {
  readonly #path: string;
  readonly #key: string;

  /** `directory`: morsel's cache. */
  constructor(directory: string) {
    this.#path = join(directory, 'sandbox.json');
    this.#key = surroundings();
  }

  get(): { readonly name: string; readonly mode: string } | null {
    try {
      const kept: unknown = JSON.parse(readSmallFile(this.#path, FILE_LIMIT_BYTES)?.toString('utf8') ?? '');
      if (!Array.isArray(kept) || kept.length !== 3 || kept[0] !== this.#key) return null;
      const [, name, mode] = kept as unknown[];
      return typeof name === 'string' && typeof mode === 'string' ? { name, mode } : null;
    } catch {
      return null;
    }
  }

  /** Where it cannot be written, the next build tries again. */
  keep({ name, mode }: WorkingMode): void {
    this.#write(JSON.stringify([this.#key, name, JSON.stringify(mode)]));
  }

  forget(): void {
    if (this.get() !== null) this.#write('null');
  }

  #write(text: string): void {
    try {
      makeDirectories(dirname(this.#path));
      writeFileAtomically(this.#path, text);
    } catch {
      // It is a cache.
    }
  }
}

/** The tools of the chain, beside those of the drivers. */
const CHAIN_TOOLS = ['unshare', 'setpriv', 'nsenter', 'mkfifo', 'newuidmap', 'newgidmap'];

/** What lets this user make namespaces and cgroups, or not. */
const DECIDING_FILES = [
  '/proc/sys/kernel/random/boot_id',
  '/proc/sys/kernel/unprivileged_userns_clone',
  '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
  '/proc/sys/user/max_user_namespaces',
  '/proc/self/cgroup',
  '/proc/self/attr/current',
  '/etc/subuid',
  '/etc/subgid',
];

const NAMESPACES = ['user', 'mnt', 'pid', 'net', 'ipc', 'uts', 'cgroup'];

function surroundings(): string {
  const tools = [...new Set([...CHAIN_TOOLS, ...Object.values(DRIVERS).flatMap((driver) => driver.tools)])];
  const states = tools.map((tool) => {
    const path = findTool(tool);
    return [tool, path, path === null ? '' : fileState(path)];
  });
  const parts = [
    states,
    [process.getuid?.(), process.geteuid?.(), process.getgid?.(), process.getgroups?.()],
    NAMESPACES.map((name) => readText(() => readlinkSync(`/proc/self/ns/${name}`))),
    readText(() => rightsIn(readFileSync('/proc/self/status', 'latin1'))),
    DECIDING_FILES.map((path) => readText(() => readFileSync(path, 'latin1'))),
    temporaryDirectory(),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

/** proc(5): capabilities, and what limits system calls. */
function rightsIn(status: string): string {
  return status
    .split('\n')
    .filter((line) => /^(?:Cap\w+|NoNewPrivs|Seccomp):/.test(line))
    .join('\n');
}

function readText(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}
