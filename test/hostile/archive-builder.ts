/**
 * Tar bytes that a well-behaved writer would never write: every field of a header can be anything, and nothing is
 * checked. Layout: POSIX.1-2017 pax, "ustar Interchange Format"; GNU's `L`, `K` and base-256 numbers beside it.
 */
const BLOCK_BYTES = 512;

/** A number is written in octal, a bigint in GNU's base 256, bytes as they are. */
export type HeaderNumber = number | bigint | Buffer;

export interface HostileMember {
  readonly name: string | Buffer;
  /** The type flag: one character; a regular file unless given. */
  readonly type?: string | undefined;
  readonly content?: string | Buffer | undefined;
  readonly link?: string | Buffer | undefined;
  readonly mode?: HeaderNumber | undefined;
  readonly uid?: HeaderNumber | undefined;
  readonly gid?: HeaderNumber | undefined;
  readonly mtimeSeconds?: HeaderNumber | undefined;
  /** What the header claims; the content's own size unless given. */
  readonly sizeBytes?: HeaderNumber | undefined;
  readonly prefix?: string | undefined;
  readonly magic?: string | undefined;
  /** Laid over the header before its checksum is made. */
  readonly patch?: { readonly offset: number; readonly bytes: Buffer } | undefined;
}

export const TAR_END = Buffer.alloc(2 * BLOCK_BYTES);

/** One member: its header with a true checksum, and its content, padded. */
export function tarMember(member: HostileMember): Buffer {
  const content = Buffer.from(member.content ?? '');
  return Buffer.concat([tarHeader(member, content.length), padded(content)]);
}

export function tarOf(...members: readonly (HostileMember | Buffer)[]): Buffer {
  return Buffer.concat([...members.map((one) => (Buffer.isBuffer(one) ? one : tarMember(one))), TAR_END]);
}

/** Extended header records for the next member (`x`) or for all that follow (`g`). */
export function paxHeader(
  records: readonly (readonly [key: string, value: string | Buffer])[],
  type: 'x' | 'g' = 'x',
): Buffer {
  const content = Buffer.concat(records.map(([key, value]) => paxRecord(key, Buffer.from(value))));
  return tarMember({ name: 'pax', type, content });
}

/** GNU's way to a name (`L`) or link target (`K`) of any length. */
export function gnuLongName(text: string, type: 'L' | 'K' = 'L'): Buffer {
  return tarMember({ name: '././@LongLink', type, content: `${text}\0`, magic: 'ustar  \0' });
}

function tarHeader(member: HostileMember, contentBytes: number): Buffer {
  const header = Buffer.alloc(BLOCK_BYTES);
  const put = (offset: number, length: number, value: string | Buffer): void => {
    Buffer.from(value).copy(header, offset, 0, length);
  };
  put(0, 100, member.name);
  put(100, 8, headerNumber(member.mode ?? 0o644, 8));
  put(108, 8, headerNumber(member.uid ?? 0, 8));
  put(116, 8, headerNumber(member.gid ?? 0, 8));
  put(124, 12, headerNumber(member.sizeBytes ?? contentBytes, 12));
  put(136, 12, headerNumber(member.mtimeSeconds ?? 0, 12));
  put(156, 1, member.type ?? '0');
  put(157, 100, member.link ?? '');
  put(257, 8, member.magic ?? 'ustar\u000000');
  put(345, 155, member.prefix ?? '');
  if (member.patch !== undefined) put(member.patch.offset, member.patch.bytes.length, member.patch.bytes);
  put(148, 8, ' '.repeat(8));
  let sum = 0;
  // By index: an iterator takes ten times as long, and some archives have 300,000 headers.
  for (let at = 0; at < BLOCK_BYTES; at += 1) sum += header[at] as number;
  put(148, 8, `${sum.toString(8).padStart(6, '0')}\0 `);
  return header;
}

function headerNumber(value: HeaderNumber, length: number): Buffer {
  if (Buffer.isBuffer(value)) return value;
  if (typeof value === 'number') return Buffer.from(`${value.toString(8).padStart(length - 1, '0')}\0`);
  const bits = BigInt(8 * length);
  // GNU: the first bit says that the rest is a big-endian two's complement number.
  const hex = (BigInt.asUintN(Number(bits) - 1, value) | (1n << (bits - 1n))).toString(16);
  return Buffer.from(hex.padStart(2 * length, '0'), 'hex');
}

/** `LENGTH KEY=VALUE\n`, where LENGTH counts its own digits. */
function paxRecord(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')]);
  let length = rest.length;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc(-content.length & (BLOCK_BYTES - 1))]);
}
