import { listNames } from '../../core/list-names.ts';
import { isDriverLibrary } from '../../loader/index.ts';
import { needFamily, type Subjects } from '../need-family.ts';
import type { Decision } from '../signature.ts';

const QUOTED = 4;

function judge({ program, libraries }: Subjects): Decision | null {
  const asking = [program, ...libraries].map(({ linkage: { path, needed } }) => ({
    path,
    names: needed.filter((name) => isDriverLibrary(name)),
  }));
  const names = [...new Set(asking.flatMap((one) => one.names))];
  if (names.length === 0) return null;
  const by = asking.filter((one) => one.names.length > 0).map(({ path }) => path);
  return {
    level: 'likely',
    evidence: `asks for ${listNames(names, QUOTED)} (${listNames(by, QUOTED)})`,
    details: { libraries: names.join(' ') },
  };
}

/** Libraries of a driver, which belongs to the machine that the program runs on: never packed by itself. */
export const driverLibraries = needFamily({
  need: 'driver-libraries',
  signatures: [],
  judge,
  judges: 'a DT_NEEDED of a library of a graphics driver',
  failure:
    'libraries of a driver, which fit the kernel of one machine: they are left out, and the program starts only where its runtime gives them',
  fix: 'docker run --gpus all (NVIDIA Container Toolkit), or the runtime of the vendor; --add FILE:FILE packs those of this machine all the same',
  forTheUser: true,
});
