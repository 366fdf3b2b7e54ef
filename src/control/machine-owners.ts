import { isBelow } from '../core/is-below.ts';
import { packageOwners } from '../packages/index.ts';
import type { FileTree } from '../rootfs/index.ts';
import type { Owner } from './owner.ts';

export interface MachineOwnersOptions {
  readonly machine: FileTree;
  readonly tree: FileTree;
  readonly programDirectory: string | null;
}

export function machineOwners(
  options: MachineOwnersOptions,
): (paths: readonly string[]) => Promise<ReadonlyMap<string, Owner>> {
  return async (paths) => {
    const ownerOf = packageOwners(options.machine, new Set(paths));
    const own = options.programDirectory;
    return new Map(
      paths.map((path): [string, Owner] => {
        const name = ownerOf(path);
        if (name !== null) return [path, { kind: 'package', package: name }];
        const isOwn = own !== null && (path === own || isBelow(path, own));
        return [path, { kind: isOwn ? 'program' : 'machine' }];
      }),
    );
  };
}
