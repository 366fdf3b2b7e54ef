import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openByteSource, sliceByteSource, unreadable } from './byte-source.ts';

let folder: string;
let server: Server | undefined;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'byte-source-'))));
afterEach(() => {
  server?.close();
  server = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const refusal = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message), hint: expect.any(String) });

describe('a file that is none', () => {
  it('is refused, not waited for: a pipe, and a link to one', () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    symlinkSync('pipe', join(folder, 'link'));
    expect(() => openByteSource(pipe)).toThrow(refusal('UNREADABLE', /is a named pipe, not a regular file/));
    expect(() => openByteSource(join(folder, 'link'))).toThrow(refusal('UNREADABLE', /is a named pipe/));
  });

  it('is refused: a directory, a device, a socket', async () => {
    server = createServer();
    await new Promise<void>((done) => server?.listen(join(folder, 'socket'), done));
    expect(() => openByteSource(folder)).toThrow(refusal('UNREADABLE', /is a directory/));
    expect(() => openByteSource('/dev/zero')).toThrow(refusal('UNREADABLE', /is a device/));
    expect(() => openByteSource(join(folder, 'socket'))).toThrow(refusal('UNREADABLE', /is a socket/));
  });

  it('is refused with the reason of the machine: absent, a loop of links, a name that is too long', () => {
    symlinkSync('loop', join(folder, 'loop'));
    mkdirSync(join(folder, 'file'));
    expect(() => openByteSource(join(folder, 'absent'))).toThrow(refusal('NOT_FOUND', /no such file/));
    expect(() => openByteSource(join(folder, 'loop'))).toThrow(refusal('UNREADABLE', /ELOOP/));
    expect(() => openByteSource(join(folder, 'n'.repeat(300)))).toThrow(
      refusal('UNREADABLE', /ENAMETOOLONG/),
    );
    expect(() => openByteSource('a\0b')).toThrow(refusal('UNREADABLE', /ERR_INVALID_ARG_VALUE/));
  });

  it('is refused where a resolved path has become a link', () => {
    writeFileSync(join(folder, 'target'), 'x');
    symlinkSync('target', join(folder, 'link'));
    expect(openByteSource(join(folder, 'link')).sizeBytes).toBe(1);
    expect(() => openByteSource(join(folder, 'link'), { followLink: false })).toThrow(
      refusal('UNREADABLE', /is a symbolic link/),
    );
  });
});

describe('what went wrong without a word of the system', () => {
  it('is a bug, and not called unreadable', () => {
    expect(() => unreadable('file', new TypeError('a bug'))).toThrow(TypeError);
  });
});

describe('a file that changes while it is read', () => {
  it('gives what is left when it shrinks, and no more than it had when it grows', () => {
    const path = join(folder, 'file');
    writeFileSync(path, 'abcdef');
    const source = openByteSource(path);
    truncateSync(path, 3);
    expect(source.read(0, 6).toString()).toBe('abc');
    expect(source.read(4, 2)).toHaveLength(0);
    writeFileSync(path, 'abcdefghi');
    expect(source.read(0, 100).toString()).toBe('abcdef');
    source.close();
  });

  it('is not read at all where it is a hole of terabytes', () => {
    const path = join(folder, 'sparse');
    writeFileSync(path, '');
    truncateSync(path, 4 * 1024 ** 4);
    const source = openByteSource(path);
    expect(sliceByteSource(source, 2 * 1024 ** 4, 5, 'x').read(0, 100)).toEqual(Buffer.alloc(5));
    source.close();
  });
});
