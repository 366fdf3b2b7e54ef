import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Observation, PathUse } from '../../observe/index.ts';
import { directoryTree } from '../../rootfs/index.ts';
import { namedAccounts } from './named-accounts.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'named-accounts-'));
  const users = [
    'root:x:0:0::/root:',
    'web:x:33:33::/var/www:',
    'db:x:110:120::/var/lib/db:',
    'mail:x:8:8::/:',
  ];
  write('etc/passwd', users.map((line) => `${line}/bin/sh\n`).join(''));
  write('etc/group', 'root:x:0:\nweb:x:33:\ndb:x:120:\nlog:x:4:\nmail:x:8:\n');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content, 'latin1');
}

const NO_USE = { isRead: false, isWritten: false, isExecuted: false, isListed: false, isStatted: false };

function named(uses: Readonly<Record<string, Partial<PathUse>>>): string {
  const found = new Map(Object.entries(uses).map(([path, use]) => [path, { ...NO_USE, ...use }]));
  const none = new Set<string>();
  const observation: Observation = {
    started: true,
    found,
    unnamed: none,
    missed: none,
    refused: none,
    notExecuted: none,
    sockets: none,
    gaps: [],
  };
  const { users, groups } = namedAccounts([observation], directoryTree(root), new Set(['root']));
  return [...users, ...groups].map(({ name }) => name).join(' ');
}

it('finds the accounts that configuration names, with their groups, and none that it comments out', () => {
  write('etc/server.conf', 'user web;\ngroup log\n# user mail\nfile /var/db2\n');
  expect(named({ '/etc/server.conf': { isRead: true } })).toBe('web web log');
  expect(named({ '/etc/server.conf': { isStatted: true } })).toBe('');
});

it('finds those among the constants of programs, by their whole names, and none in data', () => {
  write('usr/sbin/server', `\x7fELF${'\0'.repeat(60)}\0db\0email\0mailer\0`);
  write('usr/share/words', 'web db mail');
  expect(named({ '/usr/sbin/server': { isExecuted: true }, '/usr/share/words': { isRead: true } })).toBe(
    'db db',
  );
  expect(named({ '/etc/passwd': { isRead: true }, '/etc/group': { isRead: true } })).toBe('');
});
