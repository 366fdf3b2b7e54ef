import { createServer } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { socketName } from './listening-socket.ts';
import { listeningSockets, parseTcpTable, parseUnixTable } from './listening-sockets.ts';

describe('parseTcpTable', () => {
  const line = (local: string, state: string): string =>
    `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 18 1 0 100 0 0 10 0`;

  it('reads what listens, and nothing else', () => {
    const text = [
      '  sl  local_address rem_address   st',
      line('0100007F:1F90', '0A'),
      line('0100007F:1F91', '01'),
      '',
    ];
    expect(parseTcpTable(text.join('\n'), 'tcp4')).toEqual([
      { family: 'tcp4', address: '127.0.0.1', port: 8080, bytes: Buffer.from([127, 0, 0, 1]) },
    ]);
  });

  it.each([
    ['00000000000000000000000000000000:0050', '[::]:80'],
    ['00000000000000000000000001000000:0050', '[::1]:80'],
    ['B80D0120000000000000000001000000:FFFF', '[2001:db8::1]:65535'],
  ])('reads addresses of IPv6: %s', (local, name) => {
    const [socket] = parseTcpTable(
      line(local, '0A').replace('00000000:0000', `${'0'.repeat(32)}:0000`),
      'tcp6',
    );
    expect(socket === undefined ? null : socketName(socket)).toBe(name);
  });

  it('makes nothing of other lines', () => {
    for (const local of ['0100007F', 'XX:1F90', '0100007F:1F9', '0100007F00000000:1F90'])
      expect(parseTcpTable(line(local, '0A'), 'tcp4')).toEqual([]);
  });
});

describe('parseUnixTable', () => {
  const line = (flags: string, type: string, path: string): string =>
    `0000000000000000: 00000002 00000000 ${flags} ${type} 01 ${'12345'.padStart(5)}${path}`;

  it('reads sockets with a name that accept', () => {
    const text = [
      'Num       RefCount Protocol Flags    Type St Inode Path',
      line('00010000', '0001', ' /run/a b'),
      line('00010000', '0005', ' @name'),
      line('00000000', '0001', ' /run/client'),
      line('00010000', '0002', ' /run/datagrams'),
      line('00010000', '0001', ''),
      'a name with a line feed in it goes on here',
    ];
    expect(parseUnixTable(text.join('\n'))).toEqual([
      { family: 'unix', path: '/run/a b', type: 'stream' },
      { family: 'unix', path: '@name', type: 'seqpacket' },
    ]);
  });
});

describe('listeningSockets', () => {
  it("finds this process's own", async () => {
    const folder = mkdtempSync(join(tmpdir(), 'listening-'));
    const path = join(folder, 'socket');
    const server = createServer().listen(path);
    await new Promise((resolve) => server.once('listening', resolve));
    try {
      expect(listeningSockets(process.pid)).toContainEqual({ family: 'unix', path, type: 'stream' });
    } finally {
      server.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('finds nothing of a process that is not there', () => {
    expect(listeningSockets(2 ** 30)).toEqual([]);
  });
});
