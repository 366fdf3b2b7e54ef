import { needFamily } from '../need-family.ts';

/** A home directory that can be written. */
export const home = needFamily({
  need: 'home',
  signatures: [
    {
      find: 'go-function',
      anyOf: ['os.UserHomeDir', 'os.UserCacheDir', 'os.UserConfigDir'],
      level: 'possible',
    },
  ],
  failure: '$HOME is not defined, or HOME=/ that an ordinary user cannot write',
  fix: '--env HOME=/home/nonroot, with a volume mounted there',
});
