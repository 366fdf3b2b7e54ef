import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  candidates,
  image,
  LIST,
  link,
  LOOK,
  machine,
  MIB,
  namedOf,
  observed,
  own,
  packed,
  put,
  READ,
  RUN,
  useMadeMachine,
} from '../../test/made-machine.ts';

useMadeMachine();

describe('findCandidates', () => {
  it('packs what was read, executed or listed, with the directories on the way and empty ones, and says why', async () => {
    for (const path of ['usr/share/app/data', 'usr/bin/tool', 'usr/share/app/unread']) put(machine, path);
    mkdirSync(join(machine, 'usr/share/app/branches'));
    own('app', '/usr/share/app', '/usr/share/app/data', '/usr/bin/tool', '/usr/share/app/branches');
    put(image, 'usr/bin/other');
    const found = await candidates(
      observed({
        '/usr/share/app/data': READ,
        '/usr/bin/tool': RUN,
        '/usr/share/app/branches': LIST,
        '/usr/bin/other': READ,
      }),
    );
    expect(packed(found)).toEqual([
      '/usr/bin/tool',
      '/usr/share/',
      '/usr/share/app/',
      '/usr/share/app/branches/',
      '/usr/share/app/data',
    ]);
    expect(found.pack.map(({ reason }) => reason)).toEqual([
      'executed by the program on this machine (package app)',
      'on the way to /usr/share/app/branches',
      'on the way to /usr/share/app/branches',
      'listed by the program on this machine (package app)',
      'read by the program on this machine (package app)',
    ]);
  });

  it('packs each link on the way, and its end', async () => {
    put(machine, 'usr/bin/mawk');
    link(machine, 'etc/alternatives/awk', '/usr/bin/mawk');
    link(machine, 'usr/bin/awk', '/etc/alternatives/awk');
    own('mawk', '/usr/bin', '/etc/alternatives', '/usr/bin/mawk');
    expect(packed(await candidates(observed({ '/usr/bin/awk': RUN, '/usr/bin/mawk': READ })))).toEqual([
      '/etc/',
      '/etc/alternatives/',
      '/etc/alternatives/awk -> /usr/bin/mawk',
      '/usr/',
      '/usr/bin/',
      '/usr/bin/awk -> /etc/alternatives/awk',
      '/usr/bin/mawk',
    ]);
  });

  it("keeps to the image's own directories where this machine has links, and has no file twice", async () => {
    link(machine, 'lib', 'usr/lib');
    put(machine, 'usr/lib/x/libssl.so.3.1');
    link(machine, 'usr/lib/x/libssl.so.3', 'libssl.so.3.1');
    put(machine, 'usr/lib/x/libz.so.1.2');
    link(machine, 'usr/lib/x/libz.so.1', 'libz.so.1.2');
    own('libs', '/lib', '/lib/x', '/lib/x/libssl.so.3.1', '/lib/x/libssl.so.3', '/lib/x/libz.so.1.2');
    // As morsel lays out a program's own libraries: flat, below a real /lib.
    put(image, 'lib/x/libz.so.1');
    const found = await candidates(
      observed({
        '/lib/x/libssl.so.3': READ,
        '/lib/x/libz.so.1': READ,
        // Asked for by its other name as well.
        '/usr/lib/x/libssl.so.3.1': { ...READ, isStatted: true },
        '/usr/lib/x/libz.so.1.2': { ...READ, isStatted: true },
      }),
    );
    expect(packed(found)).toEqual([
      '/lib/x/libssl.so.3 -> libssl.so.3.1',
      '/lib/x/libssl.so.3.1 <- /usr/lib/x/libssl.so.3.1',
      '/usr/',
      '/usr/lib/',
      '/usr/lib/x/',
      '/usr/lib/x/libssl.so.3.1 -> /lib/x/libssl.so.3.1',
      '/usr/lib/x/libz.so.1.2 -> /lib/x/libz.so.1',
    ]);
  });

  it('leaves out what only the kernel said of an opened link', async () => {
    put(machine, 'usr/share/zone/Etc/UTC');
    link(machine, 'usr/share/zone/UTC', 'Etc/UTC');
    own('tzdata', '/usr/share/zone/Etc/UTC', '/usr/share/zone/UTC');
    put(image, 'usr/share/zone/UTC');
    const both = observed({ '/usr/share/zone/UTC': READ, '/usr/share/zone/Etc/UTC': READ });
    expect(packed(await candidates(both))).toEqual([]);
  });

  it('writes a link anew that would lead elsewhere in the image', async () => {
    link(machine, 'lib', 'usr/lib');
    link(machine, 'usr/lib/app/data', '../../share/app/data');
    put(machine, 'usr/share/app/data');
    own('app', '/lib', '/usr/lib/app/data', '/usr/share/app/data');
    put(image, 'lib/app/x');
    expect(packed(await candidates(observed({ '/lib/app/data': READ })))).toEqual([
      '/lib/app/data -> /usr/share/app/data',
      '/usr/',
      '/usr/share/',
      '/usr/share/app/',
      '/usr/share/app/data',
    ]);
  });

  it('follows a script to its interpreter, and takes what a compiled file came from', async () => {
    put(machine, 'usr/bin/script', '#!/usr/bin/interpreter -x\n', 0o755);
    put(machine, 'usr/bin/interpreter', '#!/bin/none\n', 0o755);
    put(machine, 'usr/share/x.el', Buffer.alloc(5 * MIB));
    put(machine, 'usr/share/x.elc');
    own('app', '/usr/bin/script', '/usr/bin/interpreter', '/usr/share/x.el', '/usr/share/x.elc');
    const uses = { '/usr/bin/script': RUN, '/usr/share/x.elc': READ, '/usr/share/x.el': LOOK };
    const found = await candidates(observed(uses));
    expect(packed(found).filter((path) => !path.endsWith('/'))).toEqual([
      '/usr/bin/interpreter',
      '/usr/bin/script',
      '/usr/share/x.el',
      '/usr/share/x.elc',
    ]);
    expect(found.pack.find(({ path }) => path === '/usr/bin/interpreter')?.reason).toBe(
      'the interpreter of /usr/bin/script (package app)',
    );
    expect(packed(await candidates(observed({ '/usr/bin/script': READ })))).not.toContain(
      '/usr/bin/interpreter',
    );
  });

  it('says where the image has something else, and believes no trace without a start', async () => {
    put(machine, 'usr/share/app/data');
    own('app', '/usr/share/app/data');
    put(image, 'usr/share');
    const uses = observed({ '/usr/share/app/data': READ });
    expect(namedOf(await candidates(uses))).toEqual({
      '/usr/share/app/data': 'the image has something else in its place',
    });
    expect((await candidates({ ...uses, started: false })).named).toEqual([]);
  });

  it('is the same in whatever order it was seen', async () => {
    const names = ['a', 'b', 'c', 'd'].map((name) => `/usr/share/${name}`);
    for (const path of names) put(machine, path);
    own('app', ...names);
    const uses = names.map((path) => [path, READ] as const);
    const forth = await candidates(observed(Object.fromEntries(uses)));
    expect(await candidates(observed(Object.fromEntries(uses.toReversed())))).toEqual(forth);
  });
});
