import { needFamily } from '../need-family.ts';

/** The file system of processes. */
export const proc = needFamily({
  need: 'proc',
  signatures: [{ find: 'go-function', anyOf: ['os.Executable'], level: 'possible' }],
  failure: 'readlink /proc/self/exe: no such file or directory, in a bare chroot',
  fix: 'nothing under a container runtime, which mounts /proc',
});
