import { needFamily } from '../need-family.ts';

/** /dev/shm and /dev/pts, where the C library makes what several processes use. */
export const sharedMemory = needFamily({
  need: 'shared-memory',
  signatures: [
    {
      find: 'symbol',
      anyOf: ['shm_open', 'sem_open', 'openpty', 'forkpty', 'posix_openpt'],
      level: 'possible',
    },
  ],
  failure: 'ENOENT in a bare chroot: no /dev/shm, no /dev/ptmx',
  fix: 'nothing under a container runtime, which makes /dev/shm and /dev/pts',
});
