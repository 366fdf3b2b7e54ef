import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path/posix';
import { isAtOrBelow, isBelow } from '../core/is-below.ts';
import {
  type FileDigest,
  namedInScripts,
  type PackageRecord,
  packageRecords,
  rpmRecords,
} from '../packages/index.ts';
import type { FileTree } from '../rootfs/index.ts';
import { sourceOfCompiled } from './compiled-source.ts';
import { generatorOf } from './generated-files.ts';
import type { Owner } from './owner.ts';

export interface MachineOwnersOptions {
  /** The machine, with its package databases. */
  readonly machine: FileTree;
  readonly programDirectory: string | null;
}

/**
 * Whose files of this machine are: by the databases of dpkg, rpm, apk and pacman, by what lies beside the program, and
 * by what tools are known to make of packages' files. docs/explanation/control-run.md has the rules.
 */
export async function machineOwners(
  { machine, programDirectory }: MachineOwnersOptions,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Owner>> {
  const wanted = new Set(paths.flatMap((path) => [path, dirname(path), ...relatedTo(machine, path)]));
  const known = packageRecords(machine, wanted);
  const rpm = await rpmRecords(wanted);
  const owners = new OwnerRules(machine, programDirectory, (path) => known(path) ?? rpm(path));
  return withScripts(machine, new Map(paths.map((path) => [path, owners.ownerOf(path)])));
}

/** What nobody has, and a package's own scripts name: only where packages alone put files. */
function withScripts(machine: FileTree, owners: Map<string, Owner>): ReadonlyMap<string, Owner> {
  const unowned = [...owners].filter(([, { kind }]) => kind === 'machine').map(([path]) => path);
  const named = namedInScripts(
    machine,
    unowned.filter((path) => isBelow(path, '/usr') && !isLocal(path)),
  );
  for (const [path, by] of named)
    owners.set(path, { kind: 'generated', by: `package ${by} when it is installed` });
  return owners;
}

/** What else has to be known for a path's owner: where a link leads, and what was compiled. */
function relatedTo(machine: FileTree, path: string): readonly string[] {
  const compiled = sourceOfCompiled(path);
  const end = machine.lstat(path)?.kind === 'symlink' ? machine.resolve(path)?.path : undefined;
  return [compiled, end].filter((one) => one !== undefined && one !== null);
}

class OwnerRules {
  readonly #machine: FileTree;
  readonly #programDirectory: string | null;
  readonly #recordOf: (path: string) => PackageRecord | null;

  constructor(
    machine: FileTree,
    programDirectory: string | null,
    recordOf: (path: string) => PackageRecord | null,
  ) {
    this.#machine = machine;
    this.#programDirectory = programDirectory;
    this.#recordOf = recordOf;
  }

  ownerOf(path: string): Owner {
    return (
      this.#byDatabase(path) ??
      this.#besideProgram(path) ??
      this.#byTarget(path) ??
      this.#bySource(path) ??
      this.#generated(path) ?? { kind: 'machine', reason: "in no package: it is this machine's own" }
    );
  }

  #byDatabase(path: string): Owner | null {
    const record = this.#recordOf(path);
    if (record === null) return null;
    const { package: name, isShared, configuration } = record;
    if (configuration === null || this.#isUnchanged(path, configuration))
      return { kind: 'package', package: name, isShared };
    return { kind: 'machine', reason: `changed on this machine since package ${name} brought it` };
  }

  /** Of a link nothing is known: what it leads to is asked for itself. */
  #isUnchanged(path: string, { algorithm, hex }: FileDigest): boolean {
    if (this.#machine.lstat(path)?.kind !== 'file') return true;
    const source = this.#machine.open(path);
    if (source === null) return false;
    try {
      return createHash(algorithm).update(source.read(0, source.sizeBytes)).digest('hex') === hex;
    } finally {
      source.close();
    }
  }

  #besideProgram(path: string): Owner | null {
    const own = this.#programDirectory;
    return own !== null && isAtOrBelow(path, own) ? { kind: 'program' } : null;
  }

  /** Links that packages' scripts make: update-alternatives(1), php's conf.d, sites-enabled. */
  #byTarget(path: string): Owner | null {
    if (isLocal(path) || this.#machine.lstat(path)?.kind !== 'symlink') return null;
    const end = this.#machine.resolve(path)?.path;
    if (end === undefined || end === path || this.#recordOf(dirname(path)) === null) return null;
    const owner = this.#byDatabase(end);
    return owner?.kind === 'package' ? owner : null;
  }

  /** What was compiled from a package's source beside it, when it was installed. */
  #bySource(path: string): Owner | null {
    const source = sourceOfCompiled(path);
    if (source !== null) return this.#byDatabase(source);
    // The directory of compiled files, which no package has either.
    const isCache = basename(path) === '__pycache__' && this.#machine.lstat(path)?.kind === 'directory';
    return isCache ? this.#byDatabase(dirname(path)) : null;
  }

  #generated(path: string): Owner | null {
    const by = isLocal(path) ? null : generatorOf(path);
    return by === null ? null : { kind: 'generated', by };
  }
}

/** Where administrators put what is theirs (FHS 3.0 chapters 3.13 and 4.9). */
function isLocal(path: string): boolean {
  return isBelow(path, '/usr/local') || isBelow(path, '/opt');
}
