import { posix } from 'node:path';
import { abisOf, gnuTriple } from '../../core/machine-abis.ts';
import { machineNamed } from '../../core/machines.ts';
import type { ElfFacts } from '../../elf/index.ts';
import type { Base } from '../known/base.ts';

export interface LoaderPlace {
  /** As the kernel takes it: it makes `/` of `//`, and goes up for `..`; patchelf fills a path up with slashes. */
  readonly interpreter: string;
  /** The usual path of the file that it leads to, where the base may have it: `/lib64/ld-linux-x86-64.so.2`. */
  readonly usual: string;
  /** Whether that holds is known of the base. */
  readonly isKnown: boolean;
}

/** Where PT_INTERP leads on a base: by another way to the usual path, or there itself. */
export function loaderPlace({ interpreter, machine }: ElfFacts, base: Base): LoaderPlace {
  const path = posix.normalize(interpreter ?? '');
  const isBelowUsr = path.startsWith('/usr/lib');
  const isKnown = !isBelowUsr || base.mergedUsr === true;
  const place = isBelowUsr ? path.slice('/usr'.length) : path;
  const abi =
    base.multiarch === true
      ? abisOf(machineNamed(machine)).find(
          (one) => place === `/lib/${gnuTriple(one)}/${posix.basename(one.glibcLoader)}`,
        )
      : undefined;
  return { interpreter: path, usual: abi?.glibcLoader ?? place, isKnown };
}
