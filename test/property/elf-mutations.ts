/** Numbers that a reader may get wrong: ends of ranges, counts and offsets of the file, wild ones. */
const WILD = [0, 1, 2, 7, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff];

/** Deterministic 32-bit generator (mulberry32), so that a failing case is found again by its seed. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000) * below);
  };
}

/** Where the tables of a file are, so that mutations hit them more often than the code between them. */
export interface Target {
  readonly name: string;
  readonly bytes: Buffer;
  readonly tables: readonly { readonly offset: number; readonly sizeBytes: number }[];
}

/** A mutated copy of (at most the first `limit` bytes of) the target, made by 1 to 6 changes. */
export function mutate(target: Target, random: (below: number) => number): Buffer {
  let bytes: Buffer = Buffer.from(target.bytes);
  const changes = 1 + random(6);
  for (let change = 0; change < changes; change++) bytes = mutateOnce(bytes, target, random);
  return bytes;
}

function mutateOnce(bytes: Buffer, target: Target, random: (below: number) => number): Buffer {
  if (bytes.length < 16) return bytes;
  const table = target.tables[random(target.tables.length)] ?? { offset: 0, sizeBytes: bytes.length };
  const at = Math.min(bytes.length - 8, table.offset + random(Math.max(1, table.sizeBytes)));
  const aligned = at - (at % [1, 2, 4, 8][random(4)]!);
  switch (random(12)) {
    case 0:
      return bytes.subarray(0, random(bytes.length));
    case 1:
      bytes[at] = random(256);
      return bytes;
    case 2:
      bytes.copyWithin(aligned, random(bytes.length), random(bytes.length));
      return bytes;
    case 3:
      bytes.fill(random(2) === 0 ? 0 : 0xff, aligned, Math.min(bytes.length, aligned + random(64)));
      return bytes;
    case 4:
      bytes.writeUInt16LE(WILD[random(WILD.length)]! & 0xffff, aligned);
      return bytes;
    case 5:
      // a table that points to itself, to the header or just before the end
      bytes.writeUInt32LE(
        [aligned, 0, bytes.length - 1, bytes.length, table.offset][random(5)]! >>> 0,
        aligned,
      );
      return bytes;
    case 6:
      bytes.writeBigUInt64LE(
        BigInt(WILD[random(WILD.length)]!) << BigInt([0, 16, 31, 32][random(4)]!),
        aligned,
      );
      return bytes;
    case 7:
      return mutateHeader(bytes, random);
    case 8:
      bytes.writeUInt32LE((bytes.readUInt32LE(aligned) + random(64) - 32) >>> 0, aligned);
      return bytes;
    case 9:
      bytes.writeUInt32BE(WILD[random(WILD.length)]!, aligned);
      return bytes;
    default:
      bytes.writeUInt32LE(WILD[random(WILD.length)]!, aligned);
      return bytes;
  }
}

/** e_phoff, e_shoff, e_phnum, e_shnum, e_shstrndx, class and byte order. */
function mutateHeader(bytes: Buffer, random: (below: number) => number): Buffer {
  const field = [4, 5, 16, 18, 24, 32, 40, 54, 56, 58, 60, 62][random(12)]!;
  if (field + 8 <= bytes.length) bytes.writeUInt16LE(random(3) === 0 ? 0xffff : random(70), field);
  return bytes;
}
