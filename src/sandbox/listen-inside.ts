import { spawn } from 'node:child_process';
import { Socket } from 'node:dgram';
import { Server } from 'node:net';
import { MorselError } from '../core/errors.ts';
import { nsenterWords } from './nsenter-words.ts';

/** Where to listen: the first of the hosts that there is. */
export interface ListenPlace {
  readonly kind: 'tcp' | 'udp';
  readonly hosts: readonly string[];
  readonly port: number;
}

export type ListeningHandle =
  { readonly kind: 'tcp'; readonly server: Server } | { readonly kind: 'udp'; readonly socket: Socket };

/** It opens a few sockets. */
const LISTEN_LIMIT_MS = 20_000;

/**
 * What runs for a moment inside the container's network namespace: this Node itself, with the machine's files. A socket stays
 * in the network in which it was made; it is handed over (SCM_RIGHTS), and this process, which stays outside, serves it.
 */
const LISTEN_PROGRAM = `
const places = JSON.parse(process.argv[1]);
const open = ({ kind, hosts: [host, ...others], port }) => new Promise((resolve, reject) => {
  const opened = kind === 'udp'
    ? require('node:dgram').createSocket(host.includes(':') ? 'udp6' : 'udp4')
    : require('node:net').createServer();
  opened.on('error', (error) => others.length > 0 ? resolve(open({ kind, hosts: others, port })) : reject(error));
  const done = () => resolve(opened);
  if (kind === 'udp') opened.bind({ address: host, port, exclusive: true }, done);
  else opened.listen({ host, port, exclusive: true }, done);
});
const hand = (index, handle) => new Promise((resolve) => process.send(index, handle, {}, resolve));
process.on('disconnect', () => process.exit(1));
(async () => {
  for (const [index, place] of places.entries()) await hand(index, await open(place));
  process.exit(0);
})().catch((error) => { process.stderr.write(String(error.message)); process.exit(1); });
`;

/** Sockets in the network of `pid`, a process in the user namespace that owns it. Error: SANDBOX_FAILED. */
export async function listenInside(
  pid: number,
  places: readonly ListenPlace[],
): Promise<readonly ListeningHandle[]> {
  const words = nsenterWords(pid);
  if (words === null) throw notListening('nsenter (util-linux) is not installed');
  const [program, ...args] = [...words, process.execPath, '-e', LISTEN_PROGRAM, JSON.stringify(places)];
  const handles: ListeningHandle[] = [];
  const said: Buffer[] = [];
  await new Promise<void>((resolve) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: {},
      timeout: LISTEN_LIMIT_MS,
      killSignal: 'SIGKILL',
    });
    child.stderr?.on('data', (chunk: Buffer) => said.push(chunk));
    child.on('message', (_, handle) => {
      if (handle instanceof Server) handles.push({ kind: 'tcp', server: handle });
      else if (handle instanceof Socket) handles.push({ kind: 'udp', socket: handle });
      if (handles.length === places.length) resolve();
    });
    child.on('error', (error) => {
      said.push(Buffer.from(error.message));
      resolve();
    });
    child.on('close', () => resolve());
  });
  if (handles.length === places.length) return handles;
  closeHandles(handles);
  throw notListening(Buffer.concat(said).toString('utf8').trim() || 'the program ended before it listened');
}

export function closeHandles(handles: readonly ListeningHandle[]): void {
  for (const handle of handles) {
    if (handle.kind === 'tcp') handle.server.close();
    else handle.socket.close();
  }
}

function notListening(reason: string): MorselError {
  return new MorselError('SANDBOX_FAILED', `nothing can listen in the container's network: ${reason}`, {
    hint: 'run `morsel doctor` to see what this machine lacks',
  });
}
