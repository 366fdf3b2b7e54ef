import { dirname } from 'node:path/posix';
import { abisOf, gnuTriple } from '../../core/machine-abis.ts';
import { executes, hostMachineName, machineNamed } from '../../core/machines.ts';
import type { ElfFacts } from '../../elf/index.ts';
import { directoryTree, type FileTree, mountedTree, type TreeMount } from '../../rootfs/index.ts';
import type { RungBuild } from '../candidates/candidate.ts';

/**
 * Out of which files are taken for the image, beside its programs: this machine, or with `--root` a root of another one, in
 * which the programs lie as if they had been put there with what is beside them ($ORIGIN).
 */
export function libraryTree(root: string | null, programs: RungBuild['programs']): FileTree {
  return root === null ? directoryTree('/') : mountedTree(root, programs.flatMap(mountsOf));
}

function mountsOf({ path, linkedPath }: RungBuild['programs'][number]): readonly TreeMount[] {
  return [...new Set([path, linkedPath])].map((file) => {
    const place = dirname(file) === '/' ? file : dirname(file);
    return { source: place, target: place };
  });
}

/** Where libraries were looked for, and what to do when they are not there. */
export interface LibraryPlace {
  /** "this machine" */
  readonly name: string;
  /** null: what is to be said of this machine's own libraries. */
  readonly hint: string | null;
}

export function libraryPlace(root: string | null, { machine }: Pick<ElfFacts, 'machine'>): LibraryPlace {
  if (root !== null) return { name: root, hint: `${root} must be a root of ${machine} that has them` };
  if (executes(hostMachineName(), machine)) return { name: 'this machine', hint: null };
  const [abi] = abisOf(machineNamed(machine));
  const triple = abi === undefined ? null : gnuTriple(abi);
  const cross = triple === null ? '' : `; Debian’s cross packages are one: --root /usr/${triple}`;
  return {
    name: 'this machine',
    hint: `libraries of ${machine} come from a root of it: --root DIR, such as debootstrap makes or an image unpacked${cross}`,
  };
}
