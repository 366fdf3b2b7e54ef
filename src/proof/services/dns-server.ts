import type { Socket as DatagramSocket } from 'node:dgram';
import type { Server, Socket } from 'node:net';
import { answerQuery } from './dns-answers.ts';
import type { DnsService } from './services.ts';
import type { ServiceLimit } from './service-limit.ts';

/** Of a message over TCP: RFC 1035 4.2.2, its length is two bytes. */
const LENGTH_BYTES = 2;
const CONNECTIONS_LIMIT = 64;
const IDLE_MS = 10_000;

/** Answers what comes by UDP. */
export function serveDatagrams(socket: DatagramSocket, dns: DnsService, limit: ServiceLimit): void {
  socket.on('error', () => {}); // an answer that nobody takes any more
  socket.on('message', (message, { address, port }) => {
    if (!limit.take()) return;
    const answer = answerQuery(dns, message, 'udp');
    if (answer !== null) socket.send(answer, port, address, () => {});
  });
}

/** Answers what comes by TCP. */
export function serveStreams(server: Server, dns: DnsService, limit: ServiceLimit): void {
  server.maxConnections = CONNECTIONS_LIMIT;
  server.on('error', () => {});
  server.on('connection', (connection) => {
    if (limit.take()) serveStream(connection, dns, limit);
    else connection.destroy();
  });
}

function serveStream(connection: Socket, dns: DnsService, limit: ServiceLimit): void {
  let pending = Buffer.alloc(0);
  limit.closes(connection);
  connection.on('error', () => connection.destroy());
  connection.setTimeout(IDLE_MS, () => connection.destroy());
  connection.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      const length = pending.length < LENGTH_BYTES ? Infinity : pending.readUInt16BE(0);
      if (pending.length < LENGTH_BYTES + length) return;
      const message = pending.subarray(LENGTH_BYTES, LENGTH_BYTES + length);
      pending = pending.subarray(LENGTH_BYTES + length);
      if (!limit.take()) return void connection.destroy();
      const answer = answerQuery(dns, message, 'tcp');
      // Who asks and does not read what is answered is not waited for.
      if (answer === null || !connection.write(framed(answer))) return void connection.destroy();
    }
  });
}

function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt16BE(message.length, 0);
  return Buffer.concat([length, message]);
}
