/** A socket to which somebody could connect. */
export type ListeningSocket =
  | {
      readonly family: 'tcp4' | 'tcp6';
      /** `0.0.0.0`, `::` */
      readonly address: string;
      readonly port: number;
      /** The address in network order. */
      readonly bytes: Uint8Array;
    }
  | {
      readonly family: 'unix';
      /** As the program named it; `@NAME` in the abstract name space. */
      readonly path: string;
      readonly type: 'stream' | 'seqpacket';
    };

/** `[::]:8080`, `/run/server.sock` */
export function socketName(socket: ListeningSocket): string {
  if (socket.family === 'unix') return socket.path;
  const { family, address, port } = socket;
  return family === 'tcp6' ? `[${address}]:${port}` : `${address}:${port}`;
}
