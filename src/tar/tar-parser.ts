import { MorselError } from '../core/errors.ts';
import { checkedPath, decodeHeaderBlock, type HeaderBlock, TAR_KINDS } from './header-reader.ts';
import { paddingBytes } from './header-writer.ts';
import {
  TAR_BLOCK_BYTES,
  TAR_EXTENSION_LIMIT_BYTES,
  TAR_EXTENSIONS_PER_MEMBER_LIMIT,
  TAR_MEMBERS_LIMIT,
} from './limits.ts';
import { decodeName } from './name-bytes.ts';
import {
  applyPaxRecords,
  mergeGlobals,
  NO_RECORDS,
  parsePaxRecords,
  type PaxRecords,
  paxXattrs,
} from './pax-records.ts';
import { cutOff, tarInvalid, tarLimit } from './tar-errors.ts';
import type { TarHeader } from './tar-entry.ts';

/** What the parser wants of its driver. It is answered with bytes for `read` and with nothing for the others. */
export type ParserStep =
  /** Give exactly these bytes (fewer only where the archive ends) and move behind them. */
  | { readonly kind: 'read'; readonly length: number }
  /** A member: its content starts here; move behind it and its padding before going on. */
  | { readonly kind: 'member'; readonly header: TarHeader; readonly contentOffset: number };

type Steps<T> = Generator<ParserStep, T, Buffer>;

/**
 * The grammar of a tar archive, without any I/O, so that the streaming and the positional reader are one parser.
 * Errors: TAR_INVALID, LIMIT_EXCEEDED, UNSUPPORTED (sparse files, multi-volume archives).
 */
export function* parseTar(): Steps<void> {
  let offset = 0;
  let globals = NO_RECORDS;
  for (let members = 0; ; members += 1) {
    if (members >= TAR_MEMBERS_LIMIT)
      throw tarLimit(`the archive has more than ${TAR_MEMBERS_LIMIT} members`);
    const found = yield* parseMember(offset, globals);
    if (found === null) return;
    globals = found.globals;
    yield { kind: 'member', header: found.header, contentOffset: found.contentOffset };
    offset = found.contentOffset + found.header.sizeBytes + paddingBytes(found.header.sizeBytes);
  }
}

interface ParsedMember {
  readonly header: TarHeader;
  readonly contentOffset: number;
  readonly globals: PaxRecords;
}

interface Extensions {
  globals: PaxRecords;
  locals: PaxRecords;
  longPath: string | null;
  longLink: string | null;
}

/** Null at the end of the archive: two zero blocks, or the end of the bytes, which `umoci insert` leaves bare. */
function* parseMember(start: number, globals: PaxRecords): Steps<ParsedMember | null> {
  const extensions: Extensions = { globals, locals: NO_RECORDS, longPath: null, longLink: null };
  let offset = start;
  for (let count = 0; count <= TAR_EXTENSIONS_PER_MEMBER_LIMIT; count += 1) {
    const block = yield { kind: 'read', length: TAR_BLOCK_BYTES };
    if (block.length === 0 || isZero(block)) {
      if (count === 0) return null;
      throw tarInvalid(`the archive ends at offset ${offset}, after an extended header`);
    }
    if (block.length < TAR_BLOCK_BYTES) throw cutOff(offset);
    const header = decodeHeaderBlock(block, offset);
    offset += TAR_BLOCK_BYTES;
    if (TAR_KINDS[header.typeFlag] !== undefined) {
      return {
        header: finishMember(header, extensions, offset),
        contentOffset: offset,
        globals: extensions.globals,
      };
    }
    offset += yield* parseExtension(header, extensions, offset);
  }
  throw tarLimit(`more than ${TAR_EXTENSIONS_PER_MEMBER_LIMIT} extended headers at ${start}`);
}

/** Reads an extended header's content into `extensions`; returns how many bytes it took with its padding. */
function* parseExtension(header: HeaderBlock, extensions: Extensions, offset: number): Steps<number> {
  const { typeFlag, sizeBytes } = header;
  if (!'xgLK'.includes(typeFlag)) {
    const what = typeFlag === 'S' ? 'a GNU sparse file' : `a member of the type ${JSON.stringify(typeFlag)}`;
    throw new MorselError(
      'UNSUPPORTED',
      `${header.path} at offset ${offset} is ${what}, which is not known here`,
      { hint: 'write the archive again as plain pax or ustar: tar --format=pax' },
    );
  }
  if (sizeBytes > TAR_EXTENSION_LIMIT_BYTES) {
    throw tarLimit(`an extended header at offset ${offset} has ${sizeBytes} bytes`);
  }
  const taken = sizeBytes + paddingBytes(sizeBytes);
  const padded = taken === 0 ? Buffer.alloc(0) : yield { kind: 'read', length: taken };
  if (padded.length < sizeBytes) throw cutOff(offset);
  const content = padded.subarray(0, sizeBytes);
  if (typeFlag === 'x') extensions.locals = parsePaxRecords(content, offset);
  if (typeFlag === 'g')
    extensions.globals = mergeGlobals(extensions.globals, parsePaxRecords(content, offset));
  if (typeFlag === 'L') extensions.longPath = longName(content, offset);
  if (typeFlag === 'K') extensions.longLink = longName(content, offset);
  return taken;
}

function finishMember(block: HeaderBlock, extensions: Extensions, offset: number): TarHeader {
  const { globals, locals, longPath, longLink } = extensions;
  const named =
    longPath === null && longLink === null
      ? block
      : { ...block, path: longPath ?? block.path, linkTarget: longLink ?? block.linkTarget };
  const { typeFlag, path, linkTarget, sizeBytes, mode, uid, gid, mtimeSeconds } = applyPaxRecords(
    named,
    locals,
    globals,
    offset,
  );
  // Before ustar a directory was a file whose name ends in a slash.
  const plainKind = TAR_KINDS[typeFlag] ?? 'file';
  const kind = plainKind === 'file' && path.endsWith('/') ? 'directory' : plainKind;
  return {
    kind,
    path: withoutTrailingSlashes(path),
    mode,
    uid,
    gid,
    mtimeSeconds,
    linkTarget: kind === 'symlink' || kind === 'hardlink' ? linkTarget : '',
    // A hard link may repeat its file's size without having content (Unix V7, star); the same goes for directories.
    sizeBytes: kind === 'file' ? sizeBytes : 0,
    xattrs: paxXattrs(locals),
  };
}

/** `/` itself stays. */
function withoutTrailingSlashes(path: string): string {
  let end = path.length;
  while (end > 1 && path.charCodeAt(end - 1) === 0x2f) end -= 1;
  return end === path.length ? path : path.slice(0, end);
}

function longName(content: Buffer, offset: number): string {
  const nul = content.indexOf(0);
  return checkedPath(decodeName(nul < 0 ? content : content.subarray(0, nul)), offset);
}

function isZero(block: Buffer): boolean {
  // Nearly every header begins with a name.
  return block[0] === 0 && block.every((byte) => byte === 0);
}
