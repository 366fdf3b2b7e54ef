import type { ByteSource } from '../../core/byte-source.ts';
import { MorselError } from '../../core/errors.ts';

/** ar(5) as GNU and LLVM write it: a mark, then members with a header of 60 bytes each, on even offsets. */
const MAGIC = '!<arch>\n';
const HEADER_BYTES = 60;
const MEMBERS_LIMIT = 100_000;

export interface ArchiveMember {
  /** As in the header: `foo.o/`, `/123` for one of the table of long names, `/` and `//` for the tables themselves. */
  readonly name: string;
  readonly headerOffset: number;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** The members of a static library. Errors: LIBRARY_BUILD_FAILED for what is none: cut off, thin, a linker's script. */
export function archiveMembers(source: ByteSource): readonly ArchiveMember[] {
  if (source.read(0, MAGIC.length).toString('latin1') !== MAGIC)
    throw noArchive(source, 'it does not begin as one');
  const members: ArchiveMember[] = [];
  for (let at = MAGIC.length; at < source.sizeBytes;) {
    const header = source.read(at, HEADER_BYTES).toString('latin1');
    const size = /^\d{1,10} *$/.exec(header.slice(48, 58))?.[0];
    if (header.length < HEADER_BYTES || size === undefined || header.slice(58) !== '`\n')
      throw noArchive(source, `no member begins at ${at}`);
    const sizeBytes = Number(size);
    const offset = at + HEADER_BYTES;
    if (offset + sizeBytes > source.sizeBytes) throw noArchive(source, `a member is cut off at ${at}`);
    members.push({ name: header.slice(0, 16).trimEnd(), headerOffset: at, offset, sizeBytes });
    if (members.length > MEMBERS_LIMIT) throw noArchive(source, `it has more than ${MEMBERS_LIMIT} members`);
    at = offset + sizeBytes + (sizeBytes % 2);
  }
  return members;
}

/** Not an object: the tables of symbols and of long names. */
export function isTable({ name }: ArchiveMember): boolean {
  return (
    name === '/' ||
    name === '//' ||
    name === '/SYM64/' ||
    name === '/<ECSYMBOLS>/' ||
    name.startsWith('__.SYMDEF')
  );
}

function noArchive(source: ByteSource, why: string): MorselError {
  return new MorselError('LIBRARY_BUILD_FAILED', `${source.name} is no static library: ${why}`, {
    hint: 'its recipe makes something else than an archive of objects: give sources of another version',
  });
}
