import type { ListeningSocket } from '../readiness/listening-socket.ts';
import type { Step } from './assemble-program.ts';
import { AF, AT_FDCWD, O, RESOLVE, SOCK } from './system-calls.ts';

/** Beside stdin, stdout and stderr this program has nothing. */
const FIRST_FD = 3;
const ALL_FDS = 0xffffffff;
/** sun_path of unix(7). */
const UNIX_PATH_BYTES = 108;

/**
 * A program that connects to a socket of a container, and ends with 0 when it could. It is in the container's network; the
 * path of a socket is looked for in the root of `pid`, whatever links the program has put there.
 */
export function connectSteps(socket: ListeningSocket, pid: number): readonly Step[] {
  return [
    { name: 'close inherited files', call: 'close_range', args: [FIRST_FD, ALL_FDS, 0] },
    ...(socket.family === 'unix' ? unixSteps(socket, pid) : tcpSteps(socket)),
    { name: 'leave', call: 'exit_group', args: [0] },
  ];
}

function tcpSteps({ family, port, bytes }: Extract<ListeningSocket, { port: number }>): readonly Step[] {
  const domain = family === 'tcp4' ? AF.INET : AF.INET6;
  const address = family === 'tcp4' ? Buffer.alloc(16) : Buffer.alloc(28);
  address.writeUInt16LE(domain, 0);
  address.writeUInt16BE(port, 2);
  // A socket for every address is asked on loopback: to connect to 0.0.0.0 and to :: is just that.
  address.set(bytes, family === 'tcp4' ? 4 : 8);
  return connectTo(domain, SOCK.STREAM, address, FIRST_FD);
}

function unixSteps({ path, type }: Extract<ListeningSocket, { path: string }>, pid: number): readonly Step[] {
  const kind = type === 'stream' ? SOCK.STREAM : SOCK.SEQPACKET;
  if (path.startsWith('@'))
    return connectTo(AF.UNIX, kind, unixAddress(Buffer.from(`\0${path.slice(1)}`, 'latin1')), FIRST_FD);
  const root = `/proc/${pid}/root`;
  const how = { fields: [O.PATH, 0, RESOLVE.IN_ROOT | RESOLVE.NO_MAGICLINKS] };
  const found = Buffer.from(`/proc/self/fd/${FIRST_FD + 1}\0`);
  return [
    { name: `open ${root}`, call: 'openat', args: [AT_FDCWD, root, O.PATH, 0] },
    {
      name: 'open the socket',
      call: 'openat2',
      args: [FIRST_FD, Buffer.from(`${path}\0`, 'latin1'), how, 24],
    },
    ...connectTo(AF.UNIX, kind, unixAddress(found), FIRST_FD + 2),
  ];
}

function unixAddress(name: Uint8Array): Buffer {
  const address = Buffer.alloc(2 + Math.min(name.length, UNIX_PATH_BYTES));
  address.writeUInt16LE(AF.UNIX, 0);
  address.set(name.subarray(0, UNIX_PATH_BYTES), 2);
  return address;
}

function connectTo(domain: number, type: number, address: Buffer, fd: number): readonly Step[] {
  return [
    { name: 'socket', call: 'socket', args: [domain, type, 0] },
    { name: 'connect', call: 'connect', args: [fd, address, address.length] },
  ];
}
