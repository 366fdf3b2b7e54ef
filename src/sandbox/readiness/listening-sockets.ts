import { readSmallFile } from '../../core/read-small-file.ts';
import type { ListeningSocket } from './listening-socket.ts';

/** What is beyond belongs to a program with ten thousand sockets, and is not looked at. */
const TABLE_LIMIT_BYTES = 1024 * 1024;

/** Of the network namespace of a process, whoever in it has them. [] when the process has gone. */
export function listeningSockets(pid: number): readonly ListeningSocket[] {
  const table = (name: string): string => readTable(`/proc/${pid}/net/${name}`);
  return [
    ...parseTcpTable(table('tcp'), 'tcp4'),
    ...parseTcpTable(table('tcp6'), 'tcp6'),
    ...parseUnixTable(table('unix')),
  ];
}

function readTable(path: string): string {
  try {
    return readSmallFile(path, TABLE_LIMIT_BYTES)?.toString('latin1') ?? '';
  } catch {
    return '';
  }
}

/** proc_pid_net(5): `sl local_address rem_address st …`, and TCP_LISTEN is 0A. */
const TCP_LINE = /^\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} 0A /;

export function parseTcpTable(text: string, family: 'tcp4' | 'tcp6'): readonly ListeningSocket[] {
  return text.split('\n').flatMap((line) => {
    const [, address = '', port = ''] = TCP_LINE.exec(line) ?? [];
    if (address.length !== (family === 'tcp4' ? 8 : 32)) return [];
    const bytes = networkOrder(address);
    return [{ family, address: textOf(bytes), port: Number.parseInt(port, 16), bytes }];
  });
}

/** The kernel prints 32-bit words as numbers of this machine, which has the lowest byte first. */
function networkOrder(hexWords: string): Buffer {
  return Buffer.from(hexWords, 'hex').swap32();
}

function textOf(bytes: Buffer): string {
  if (bytes.length === 4) return [...bytes].join('.');
  const groups = [0, 2, 4, 6, 8, 10, 12, 14].map((at) => bytes.readUInt16BE(at).toString(16));
  // The one short form of RFC 5952, which URL knows.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

/** `Num RefCount Protocol Flags Type St Inode Path`; __SO_ACCEPTCON is 0x10000, and a socket without a name has no path. */
const UNIX_LINE = /^[0-9a-f]+: [0-9A-F]{8} [0-9A-F]{8} ([0-9A-F]{8}) ([0-9A-F]{4}) [0-9A-F]{2} +\d+ (.+)$/;
const ACCEPTS = 0x10000;
const TYPES: Readonly<Record<number, 'stream' | 'seqpacket'>> = { 1: 'stream', 5: 'seqpacket' };

export function parseUnixTable(text: string): readonly ListeningSocket[] {
  return text.split('\n').flatMap((line) => {
    const [, flags = '', typeNumber = '', path = ''] = UNIX_LINE.exec(line) ?? [];
    const type = TYPES[Number.parseInt(typeNumber, 16)];
    if (type === undefined || (Number.parseInt(flags, 16) & ACCEPTS) === 0) return [];
    return [{ family: 'unix', path, type }];
  });
}
