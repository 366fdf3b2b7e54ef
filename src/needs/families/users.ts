import { confirmed, ruledOut } from '../lack.ts';
import { needFamily } from '../need-family.ts';
import { isFile } from '../places.ts';
import { isStaticGlibc, isStaticMusl } from '../program-kinds.ts';
import type { FoundEvidence, NeedContext } from '../signature.ts';
import { GROUP, PASSWD, userDatabase } from '../user-database.ts';
import { NSSWITCH } from './nss-modules.ts';

const LOOKUPS_BY_NAME = [
  'getpwnam',
  'getpwnam_r',
  'getgrnam',
  'getgrnam_r',
  'getgrgid',
  'getgrgid_r',
  'initgroups',
  'getgrouplist',
  'getpwent',
  'getpwent_r',
  'getgrent',
];

/** $HOME, else the user's entry: the usual fall-back, and every runtime sets HOME. */
const isOnlyForHome = ({ evidence }: FoundEvidence, context: NeedContext): boolean =>
  /\bgetpwuid(_r)?\b/.test(evidence) &&
  !LOOKUPS_BY_NAME.some((name) => context.hasSymbol(name)) &&
  context.hasString('HOME');

/** The user database. */
export const users = needFamily({
  need: 'users',
  signatures: [
    { find: 'symbol', anyOf: LOOKUPS_BY_NAME, level: 'likely' },
    { find: 'symbol', anyOf: ['getpwuid', 'getpwuid_r'], level: 'likely' },
    { find: 'string', anyOf: [PASSWD, GROUP], when: isStaticMusl, level: 'likely' },
    // Of NSS, everything is linked or nothing; without the resolver it can only be users or services.
    {
      find: 'string',
      anyOf: [NSSWITCH],
      without: ['libidn2'],
      when: (facts) => isStaticGlibc(facts) && facts.stripped,
      level: 'likely',
    },
    {
      find: 'string',
      anyOf: [NSSWITCH],
      when: (facts) => isStaticGlibc(facts) && facts.stripped,
      level: 'possible',
    },
    {
      find: 'go-function',
      anyOf: ['os/user.Current', 'os/user.Lookup', 'os/user.LookupId', 'os/user.LookupGroup'],
      level: 'likely',
    },
  ],
  decide: (found, context) =>
    isOnlyForHome(found, context)
      ? { level: 'possible', evidence: `${found.evidence}, beside "HOME": only when HOME is not set` }
      : { level: found.level },
  failure: ({ program }) =>
    program.go === null
      ? 'user and group look-ups find nothing: getpwnam returns NULL, `unknown user`'
      : 'user: Current requires cgo or $USER, $HOME set in environment',
  fix: '/etc/passwd and /etc/group with the users that the image has (160 bytes), and a home directory of the one that it runs as',
  sizeBytes: 160,
  paths: ['/etc/passwd', '/etc/group', '/home', '/root'],
  brings:
    '`/etc/passwd` and `/etc/group` with root, nobody and the user that the image runs as, and its home directory',
  places: () => [PASSWD],
  supply: userDatabase,
  causes: [
    {
      cause: 'no-users',
      title: 'the image has no /etc/passwd, so that look-ups of users find nothing',
      check: ({ tree }) =>
        isFile(tree, PASSWD) ? ruledOut(`${PASSWD} is there`) : confirmed(`no ${PASSWD} in the image`),
      fixes: [
        'add /etc/passwd and /etc/group of two lines (`morsel build` does so by itself when it sees getpwnam)',
        'Go: set USER and HOME in the environment',
      ],
    },
  ],
  texts: [
    {
      name: 'Go: the current user',
      match:
        /user: Current requires cgo|user: (?:lookup|unknown) user|unknown userid \d+|whoami: cannot find name for user ID|I have no name!/i,
      causes: ['no-users'],
    },
  ],
});
