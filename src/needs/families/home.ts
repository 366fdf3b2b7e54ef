import { needFamily } from '../need-family.ts';
import { isGo } from '../program-kinds.ts';
import { userDatabase } from '../user-database.ts';

/** What a program writes below its home. What it only reads there, XDG_CONFIG_HOME, may be absent. */
const WRITTEN = ['XDG_DATA_HOME', 'XDG_STATE_HOME', 'XDG_CACHE_HOME'];

/** A home directory that can be written. */
export const home = needFamily({
  need: 'home',
  signatures: [
    { find: 'string', anyOf: WRITTEN, when: (facts) => !isGo(facts), level: 'likely' },
    { find: 'go-function', anyOf: ['os.UserCacheDir'], level: 'likely' },
    { find: 'go-function', anyOf: ['os.UserHomeDir', 'os.UserConfigDir'], level: 'possible' },
  ],
  failure: '$HOME is not defined, or HOME=/ that an ordinary user cannot write',
  fix: 'a home directory of the user that the image runs as, and /etc/passwd, which names it; a volume where what is written is to stay',
  sizeBytes: 200,
  paths: ['/home', '/root'],
  brings:
    'a home directory of the user that the image runs as, and `/etc/passwd`, by which runtimes set HOME',
  supply: userDatabase,
});
