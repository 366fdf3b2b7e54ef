const MODULE_MARK = Buffer.alloc(16, 0x30);

/** What Go's linker writes at the start of .go.buildinfo: the inline form of Go 1.18 and later. 16-aligned. */
export function goBuildInfo(version: string, lines: readonly string[]): Buffer {
  const modules = Buffer.concat([
    MODULE_MARK,
    Buffer.from(lines.map((line) => `${line}\n`).join('')),
    MODULE_MARK,
  ]);
  const header = Buffer.alloc(32);
  header.write('\xff Go buildinf:', 'latin1');
  header[14] = 8;
  header[15] = 2;
  const string = (bytes: Buffer): Buffer => Buffer.concat([varint(bytes.length), bytes]);
  return Buffer.concat([header, string(Buffer.from(version)), string(modules)]);
}

/** The pointer form of Go 1.13 to 1.17, for bytes that are placed at `address`. */
export function goBuildInfoByPointer(version: string, lines: readonly string[], address: number): Buffer {
  const text = Buffer.from(version);
  const modules = Buffer.concat([
    MODULE_MARK,
    Buffer.from(lines.map((line) => `${line}\n`).join('')),
    MODULE_MARK,
  ]);
  const bytes = Buffer.alloc(64);
  bytes.write('\xff Go buildinf:', 'latin1');
  bytes[14] = 8;
  const textAt = address + bytes.length;
  const words = [address + 32, address + 48, textAt, text.length, textAt + text.length, modules.length];
  words.forEach((word, index) => bytes.writeBigUInt64LE(BigInt(word), 16 + index * 8));
  return Buffer.concat([bytes, text, modules]);
}

/** A pclntab of Go 1.20 and later that holds nothing but these names. */
export function goFunctionTable(names: readonly string[]): Buffer {
  const text = Buffer.from(names.map((name) => `${name}\0`).join(''));
  const header = Buffer.alloc(72);
  header.writeUInt32LE(0xfffffff1);
  header[6] = 1;
  header[7] = 8;
  [names.length, 1, 0, 72, 72 + text.length].forEach((word, index) =>
    header.writeBigUInt64LE(BigInt(word), 8 + index * 8),
  );
  return Buffer.concat([header, text]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest >= 128 ? (rest % 128) + 128 : rest);
    if (rest < 128) return Buffer.from(bytes);
  }
}
