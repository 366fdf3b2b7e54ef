import { createServer, type RequestListener } from 'node:http';
import type { Server, Socket } from 'node:net';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import type { HostCertificates } from './certificates.ts';
import type { ServiceLimit } from './service-limit.ts';
import type { TlsService } from './services.ts';

const CONNECTIONS_LIMIT = 64;
/** A handshake, a request or an answer that takes longer is given up. */
const IDLE_MS = 10_000;

/** Answers by HTTPS what comes to a listening socket: the certificate by the name that the client wants (SNI, RFC 6066). */
export function serveTls(
  server: Server,
  tls: TlsService,
  certificates: HostCertificates,
  limit: ServiceLimit,
): void {
  const contexts = contextsOf(certificates);
  const [first] = contexts.values();
  const http = createServer({ headersTimeout: IDLE_MS, requestTimeout: IDLE_MS }, answers(tls));
  http.on('clientError', (_, socket) => socket.destroy());
  http.setTimeout(IDLE_MS);
  server.maxConnections = CONNECTIONS_LIMIT;
  server.on('error', () => {});
  server.on('connection', (connection) => {
    if (!limit.take()) return void connection.destroy();
    limit.closes(connection);
    connection.on('error', () => connection.destroy());
    connection.setTimeout(IDLE_MS, () => connection.destroy());
    const secured = secure(connection, contexts, first);
    secured.on('error', () => secured.destroy());
    secured.once('secure', () => http.emit('connection', secured));
  });
}

function contextsOf(certificates: HostCertificates): ReadonlyMap<string, SecureContext> {
  const { key, chains } = certificates;
  return new Map(
    Object.entries(chains).map(([name, cert]) => [name, createSecureContext({ key, cert })] as const),
  );
}

function secure(
  connection: Socket,
  contexts: ReadonlyMap<string, SecureContext>,
  first: SecureContext | undefined,
): TLSSocket {
  return new TLSSocket(connection, {
    isServer: true,
    ...(first === undefined ? {} : { secureContext: first }),
    ALPNProtocols: ['http/1.1'],
    SNICallback: (name, done) => {
      const context = contexts.get(name.toLowerCase());
      if (context === undefined) done(new Error(`no certificate for ${name}`));
      else done(null, context);
    },
  });
}

function answers({ hosts }: TlsService): RequestListener {
  return (request, response) => {
    const name = nameOf(request.socket as TLSSocket, request.headers.host);
    const host = Object.hasOwn(hosts, name) ? hosts[name] : undefined;
    const path = request.url ?? '/';
    const answer = host !== undefined && Object.hasOwn(host.paths, path) ? host.paths[path] : undefined;
    const { status, body } = answer ?? { status: 404, body: 'not found\n' };
    // What comes with a question is not looked at, however long it is.
    request.on('error', () => {}).resume();
    response.on('error', () => {});
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
}

function nameOf({ servername }: TLSSocket & { servername?: unknown }, host = ''): string {
  const name =
    typeof servername === 'string' && servername !== '' ? servername : host.replace(/:\d{1,5}$/, '');
  return name.toLowerCase();
}
