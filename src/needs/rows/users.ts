import { isStaticGlibc, isStaticMusl, type NeedRow } from '../need-row.ts';

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

/** The user database: /etc/passwd and /etc/group. */
export const usersRows: readonly NeedRow[] = [
  {
    need: 'users',
    signatures: [
      { find: 'symbol', anyOf: LOOKUPS_BY_NAME, level: 'likely' },
      { find: 'symbol', anyOf: ['getpwuid', 'getpwuid_r'], level: 'likely' },
      { find: 'string', anyOf: ['/etc/passwd', '/etc/group'], when: isStaticMusl, level: 'likely' },
      // Of NSS, everything is linked or nothing; without the resolver it can only be users or services.
      {
        find: 'string',
        anyOf: ['/etc/nsswitch.conf'],
        without: ['libidn2'],
        when: (facts) => isStaticGlibc(facts) && facts.stripped,
        level: 'likely',
      },
      {
        find: 'string',
        anyOf: ['/etc/nsswitch.conf'],
        when: (facts) => isStaticGlibc(facts) && facts.stripped,
        level: 'possible',
      },
      {
        find: 'go-function',
        anyOf: ['os/user.Current', 'os/user.Lookup', 'os/user.LookupId', 'os/user.LookupGroup'],
        level: 'likely',
      },
    ],
    failure: ({ program }) =>
      program.go === null
        ? 'user and group look-ups find nothing: getpwnam returns NULL, `unknown user`'
        : 'user: Current requires cgo or $USER, $HOME set in environment',
    fix: '/etc/passwd and /etc/group with the users that the image has (150 bytes)',
    sizeBytes: 150,
    // $HOME, else the user's entry: the usual fall-back, and every runtime sets HOME.
    decide: (found, context) =>
      /\bgetpwuid(_r)?\b/.test(found.evidence) &&
      !LOOKUPS_BY_NAME.some((name) => context.hasSymbol(name)) &&
      context.hasString('HOME')
        ? { level: 'possible', evidence: `${found.evidence}, beside "HOME": only when HOME is not set` }
        : { level: found.level },
  },
];
