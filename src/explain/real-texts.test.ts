import { describe, expect, it } from 'vitest';
import { explain } from './index.ts';

const TRACEBACK = (last: string, file: string): string =>
  `Traceback (most recent call last):\n  File "${file}", line 1901, in _execute_child\n    raise child_exception_type(errno_num, err_msg, err_filename)\n${last}`;

/** As Debian 12's tools, Python 3.11, Node 20, perl 5.36, nginx, Apache and their kind print them: the first cause, and a name. */
const TEXTS: readonly (readonly [string, string, RegExp?])[] = [
  ['Fatal Python error: initfsencoding: Unable to get the locale encoding', 'language-library'],
  ['perl: warning: Setting locale failed.', 'no-locale'],
  ['locale: Cannot set LC_CTYPE to default locale: No such file or directory', 'no-locale'],
  ['mosh-server needs a UTF-8 native locale to run.', 'no-utf8-locale'],
  ['mkdir: cannot create directory ‘/data9’: Permission denied', 'file-permission', /\/data9/],
  ["touch: cannot touch '/etc/x': Permission denied", 'file-permission', /\/etc\/x/],
  ['sh: 1: cannot create /etc/x: Permission denied', 'file-permission', /\/etc\/x/],
  ["PermissionError: [Errno 13] Permission denied: '/etc/x'", 'file-permission', /\/etc\/x/],
  ["Error: EACCES: permission denied, open '/etc/x'", 'file-permission', /\/etc\/x/],
  ['panic: open /var/lib/app/db: permission denied', 'file-permission', /\/var\/lib\/app\/db/],
  ['Error: Os { code: 13, kind: PermissionDenied, message: "Permission denied" }', 'file-permission'],
  [
    'initdb: error: could not change permissions of directory "/var/lib/postgresql/data": Operation not permitted',
    'file-permission',
    /\/var\/lib\/postgresql\/data/,
  ],
  ["chown: changing ownership of '/data': Operation not permitted", 'file-permission', /\/data/],
  ['iconv(): Wrong encoding, conversion from "ISO-8859-15" to "UTF-8" is not allowed', 'no-character-sets'],
  ['Bad system call (core dumped)', 'security-policy'],
  ['_curses.error: setupterm: could not find terminal', 'terminal-description'],
  ['E558: Terminal entry not found in terminfo', 'terminal-description'],
  ['zsh: no such file or directory: ./app', 'missing-interpreter'],
  ["nohup: failed to run command './app': No such file or directory", 'missing-interpreter'],
  ['nice: ‘./app’: No such file or directory', 'missing-interpreter'],
  ['setsid: failed to execute ./app: No such file or directory', 'missing-interpreter'],
  ["timeout: can't execute './app': No such file or directory", 'missing-interpreter'],
  ['[FATAL tini (7)] exec /app failed: No such file or directory', 'missing-interpreter'],
  ['bash: line 1: ./app: Permission denied', 'not-executable'],
  ['dash: 1: ./app: Permission denied', 'not-executable'],
  ["nohup: failed to run command './app': Permission denied", 'not-executable'],
  ['zsh: permission denied: ./app', 'not-executable'],
  ['(13)Permission denied: AH00072: make_sock: could not bind to address [::]:80', 'capability-missing'],
  ['bind: Address in use', 'address-in-use'],
  ["FileNotFoundError: [Errno 2] No such file or directory: 'config.yaml'", 'missing-file', /config\.yaml/],
  [
    TRACEBACK(
      "FileNotFoundError: [Errno 2] No such file or directory: 'git'",
      '/usr/lib/python3.11/subprocess.py',
    ),
    'missing-program',
  ],
  ['open /usr/local/go/lib/time/zoneinfo.zip: no such file or directory', 'no-time-zone'],
  ['  what():  tzdb: cannot locate zone: Europe/Berlin', 'no-time-zone', /Europe\/Berlin/],
  ['  what():  Europe/Berlin not found in timezone database', 'no-time-zone', /Europe\/Berlin/],
];

describe('a text as a tool prints it', () => {
  it.each(TEXTS.map(([text, first, names]) => [text, first, names ?? null] as const))(
    '%s',
    async (errorText, first, names) => {
      const { causes } = await explain({ errorText });
      expect(causes[0]?.cause).toBe(first);
      if (names !== null) expect(`${causes[0]?.title} ${causes[0]?.fixes.join(' ')}`).toMatch(names);
    },
  );

  it.each([
    'sudo: /etc/sudoers is owned by uid 1000, should be 0',
    'tput: No value for $TERM and no -T specified',
    'error:25066067:DSO support routines:dlfcn_load:could not load the shared library',
    'the cat sat on the mat',
    'permission',
  ])('and none that nobody knows: %s', async (errorText) => {
    expect(await explain({ errorText })).toMatchObject({ causes: [] });
  });

  it('behind the lines of a log, as it is alone', async () => {
    const log = Array.from(
      { length: 40 },
      (_, line) => `2026-11-27 12:00:${line} INFO request ${line} served\n`,
    );
    for (const [errorText, first] of TEXTS)
      expect((await explain({ errorText: `${log.join('')}${errorText}` })).causes[0]?.cause, errorText).toBe(
        first,
      );
  });
});
