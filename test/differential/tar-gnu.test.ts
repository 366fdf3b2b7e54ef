import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryByteSource, openByteSource } from '../../src/core/byte-source.ts';
import { listTar, readTar, type TarEntry, type TarHeader, writeTar } from '../../src/tar/index.ts';
import { hasTool } from '../reference-tools.ts';

/** Our tar against GNU's, in both directions. */
const work = mkdtempSync(join(tmpdir(), 'morsel-tar-'));
const source = join(work, 'source');
afterAll(() => rmSync(work, { recursive: true, force: true }));

const C_LOCALE = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
const LONG = 'component-of-a-long-path/'.repeat(9);

beforeAll(() => {
  mkdirSync(join(source, LONG), { recursive: true });
  mkdirSync(join(source, 'empty'));
  writeFileSync(join(source, 'plain'), 'plain\n', { mode: 0o640 });
  writeFileSync(join(source, 'nothing'), '');
  writeFileSync(join(source, 'block'), Buffer.alloc(512, 1));
  writeFileSync(join(source, 'large'), Buffer.alloc(300_001, 2));
  writeFileSync(join(source, LONG, 'deep'), 'deep');
  writeFileSync(join(source, 'n'.repeat(200)), 'long name');
  writeFileSync(join(source, 'ünïcödé ～'), 'utf-8');
  writeFileSync(Buffer.concat([Buffer.from(`${source}/latin-`), Buffer.from([0xe9])]), 'latin-1');
  writeFileSync(join(source, 'setuid'), 'x');
  chmodSync(join(source, 'setuid'), 0o4711);
  symlinkSync(`/${'t'.repeat(180)}`, join(source, 'long-link'));
  symlinkSync('plain', join(source, 'link'));
  linkSync(join(source, 'plain'), join(source, 'hard'));
  execFileSync('mkfifo', [join(source, 'pipe')]);
  execFileSync('touch', [
    '-h',
    '-d',
    '2001-02-03 04:05:06.789 UTC',
    join(source, 'link'),
    join(source, 'plain'),
  ]);
});

const TYPE: Readonly<Record<TarHeader['kind'], string>> = {
  file: '-',
  directory: 'd',
  symlink: 'l',
  hardlink: 'h',
  fifo: 'p',
  'character-device': 'c',
  'block-device': 'b',
};

function permissions(header: TarHeader): string {
  const bits = [...'rwxrwxrwx'].map((letter, index) => ((header.mode >> (8 - index)) & 1 ? letter : '-'));
  const special = (bit: number, at: number, letter: string): void => {
    if ((header.mode & bit) !== 0) bits[at] = bits[at] === 'x' ? letter : letter.toUpperCase();
  };
  special(0o4000, 2, 's');
  special(0o2000, 5, 's');
  special(0o1000, 8, 't');
  return TYPE[header.kind] + bits.join('');
}

/** A line as `tar --numeric-owner --full-time --quoting-style=escape -tv` prints it, blanks squeezed. */
function line(header: TarHeader): string {
  const time = new Date(header.mtimeSeconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
  const name = (text: string): string =>
    [...text]
      .map((c) => (/[\udc80-\udcff]/u.test(c) ? Buffer.from([c.charCodeAt(0) - 0xdc00]) : Buffer.from(c)))
      .flatMap((bytes) => [...bytes])
      .map((byte) =>
        byte < 0x80 ? (byte === 0x20 ? '\\ ' : String.fromCharCode(byte)) : `\\${byte.toString(8)}`,
      )
      .join('')
      .replaceAll('\\ ', ' ');
  const slash = header.kind === 'directory' ? '/' : '';
  const link = { symlink: ' -> ', hardlink: ' link to ' }[header.kind as string];
  const target = link === undefined ? '' : `${link}${name(header.linkTarget)}`;
  return `${permissions(header)} ${header.uid}/${header.gid} ${header.sizeBytes} ${time} ${name(header.path)}${slash}${target}`;
}

/** Fractions of a second (PAX) are left out: a layer needs none. */
function gnuListing(archive: string): string[] {
  const args = ['--numeric-owner', '--full-time', '--quoting-style=escape', '-tvf', archive];
  const text = execFileSync('tar', args, { encoding: 'latin1', env: C_LOCALE });
  return text
    .trimEnd()
    .split('\n')
    .map((one) => one.replace(/ +/g, ' ').replace(/(:\d\d)\.\d+ /, '$1 '));
}

describe.skipIf(!hasTool('tar'))('archives of GNU tar', () => {
  it.each(['v7', 'oldgnu', 'gnu', 'ustar', 'pax'])('in the format %s are listed alike', async (format) => {
    const archive = join(work, `${format}.tar`);
    // v7 and ustar cannot hold all names: tar says so, leaves those out and ends with 2.
    spawnSync('tar', ['--format', format, '--sort=name', '-C', source, '-cf', archive, '.'], {
      env: C_LOCALE,
    });
    const bytes = openByteSource(archive);
    const headers = [...listTar(bytes)].map((member) => member.header);
    expect(headers.map(line)).toEqual(gnuListing(archive));
    expect(headers.length).toBeGreaterThan(10);
    const streamed: TarHeader[] = [];
    for await (const { header } of readTar([bytes.read(0, bytes.sizeBytes)])) streamed.push(header);
    expect(streamed).toEqual(headers);
    bytes.close();
  });

  it('give the same contents', async () => {
    const archive = join(work, 'contents.tar');
    execFileSync('tar', ['-C', source, '-cf', archive, 'large', 'plain', 'block', 'nothing']);
    const bytes = openByteSource(archive);
    for (const { header, open } of listTar(bytes)) {
      const content = open();
      const expected = execFileSync('tar', ['-xOf', archive, header.path]);
      expect(content.read(0, content.sizeBytes).equals(expected)).toBe(true);
    }
    bytes.close();
  });

  it('keep extended attributes', () => {
    const archive = join(work, 'xattr.tar');
    const entry = file('capable', 'x', {
      xattrs: { 'security.capability': Buffer.from('0100000200200000000000000000000000000000', 'hex') },
    });
    writeFileSync(archive, Buffer.concat([...writeTar([entry])]));
    const listing = execFileSync('tar', ['--xattrs', '--xattrs-include=*', '-tvvf', archive], {
      encoding: 'utf8',
    });
    expect(listing).toMatch(/x: 20 security\.capability/);
  });
});

function file(path: string, content: string, more: object = {}): TarEntry {
  const bytes = Buffer.from(content);
  const common = { kind: 'file' as const, mode: 0o644, uid: 0, gid: 0, mtimeSeconds: 0 };
  return { ...common, path, sizeBytes: bytes.length, open: () => memoryByteSource(bytes), ...more };
}

describe.skipIf(!hasTool('tar'))('archives of ours', () => {
  it('are listed by GNU tar without a word, as they were meant', () => {
    const archive = join(work, 'ours.tar');
    const common = { uid: 0, gid: 0, mtimeSeconds: 981_173_106 };
    const entries: TarEntry[] = [
      { kind: 'directory', path: 'tmp', mode: 0o1777, ...common },
      { kind: 'symlink', path: 'link', target: `/${'t'.repeat(180)}`, ...common },
      file('plain', 'plain\n', { ...common, uid: 65532, gid: 4_000_000_000 }),
      file(`${LONG}deep`, 'deep', common),
      file('n'.repeat(200), '', common),
      file('ünïcödé', 'x', { ...common, mode: 0o4711 }),
      file('b', 'x'.repeat(512), { mtimeSeconds: 2 ** 35 }),
      { kind: 'directory', path: 'd'.repeat(120), mode: 0o755, ...common },
    ];
    writeFileSync(archive, Buffer.concat([...writeTar(entries)]));
    const result = spawnSync('tar', ['-tvf', archive], { encoding: 'utf8', env: C_LOCALE });
    expect({ status: result.status, stderr: result.stderr }).toEqual({ status: 0, stderr: '' });
    const headers = [...listTar(openByteSource(archive))].map((member) => member.header);
    expect(gnuListing(archive)).toEqual(headers.map(line));
    expect(headers.map((header) => header.path)).toEqual(entries.map((entry) => entry.path));
  });

  it('are unpacked by GNU tar to the same files', () => {
    const archive = join(work, 'unpack.tar');
    const into = join(work, 'into');
    mkdirSync(into);
    writeFileSync(
      archive,
      Buffer.concat([...writeTar([file('a', 'A'), file(`${LONG}x`, 'X'.repeat(1000))])]),
    );
    execFileSync('tar', ['-C', into, '-xf', archive]);
    expect(execFileSync('cat', [join(into, 'a'), join(into, LONG, 'x')], { encoding: 'utf8' })).toBe(
      `A${'X'.repeat(1000)}`,
    );
  });
});
