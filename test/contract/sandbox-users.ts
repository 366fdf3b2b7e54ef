import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** As whom the same suite is run. `name` null: this very user. */
export interface TestUser {
  readonly label: string;
  readonly name: string | null;
  readonly uid: number;
}

/**
 * This user; and when that is root, an ordinary user without subordinate ids (`nobody`) and one with, if there is any.
 * `su` and not setpriv: what setpriv starts keeps root's rights where root has ambient capabilities (capabilities(7)).
 */
export function testUsers(): readonly TestUser[] {
  const uid = process.getuid?.() ?? -1;
  if (uid !== 0) return [{ label: 'this user', name: null, uid }];
  const nobody = findUser('nobody');
  const subordinate = userWithSubordinateIds();
  return [
    { label: 'root', name: null, uid },
    ...(nobody === null ? [] : [{ label: 'a user without subordinate ids', ...nobody }]),
    ...(subordinate === null ? [] : [{ label: 'a user with subordinate ids', ...subordinate }]),
  ];
}

function userWithSubordinateIds(): { readonly name: string; readonly uid: number } | null {
  if (!existsSync('/etc/subuid')) return null;
  const names = readFileSync('/etc/subuid', 'utf8')
    .split('\n')
    .map((line) => line.split(':')[0] ?? '');
  return (
    names
      .map((name) => (name === '' ? null : findUser(name)))
      .find((user) => user !== null && user.uid !== 0) ?? null
  );
}

function findUser(name: string): { readonly name: string; readonly uid: number } | null {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`${name}:`));
  return line === undefined ? null : { name, uid: Number(line.split(':')[2]) };
}

/** The words before a command that make it run as `user` with an environment of its own. */
export function commandAs(
  user: TestUser,
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): readonly string[] {
  const clean = ['env', '-i', ...Object.entries(env).map(([key, value]) => `${key}=${value}`), ...argv];
  if (user.name === null) return clean;
  return [
    'su',
    '-s',
    '/bin/sh',
    user.name,
    '-c',
    clean.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' '),
  ];
}

/** The owner of everything below `path` becomes `user`, with its group. */
export function giveTo(user: TestUser, path: string): void {
  if (user.name !== null) spawnSync('chown', ['-R', `${user.name}:`, path]);
}
