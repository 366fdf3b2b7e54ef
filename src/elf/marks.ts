import type { ElfFile } from './elf-file.ts';
import { findStrings } from './find-strings.ts';
import { SHT } from './section-headers.ts';

/** .comment holds one line for each compiler and linker that took part. */
const COMMENT_LIMIT_BYTES = 64 * 1024;
/** How much of a program's constants is searched for a language's marks. */
const MARK_SEARCH_LIMIT_BYTES = 64 * 1024 * 1024;

/** The strings of .comment, such as `rustc version 1.95.0 (…)`; survives `strip`, not `sstrip`. */
export function toolchainComments(elf: ElfFile): readonly string[] {
  const section = elf.section('.comment');
  if (section === undefined || section.type === SHT.NOBITS) return [];
  const bytes = elf.source.read(section.offset, Math.min(section.sizeBytes, COMMENT_LIMIT_BYTES));
  const lines = bytes
    .toString('utf8')
    .split('\0')
    .filter((line) => line !== '');
  return [...new Set(lines)];
}

/** UPX's own mark stands in its loader's header; everything else about the program is then hidden. */
export function isPackedByUpx(elf: ElfFile): boolean {
  return elf.header.sectionHeaderCount === 0 && elf.source.read(0, 4096).includes('UPX!');
}

const MARKS = {
  /** Paths of the standard library in panic messages: /rustc/<commit>/library/… */
  rust: '/rustc/',
  /** Mangled names of the type_info classes, in every statically linked C++ run time. */
  cxx: 'N10__cxxabiv1',
  /** In every static glibc since 2.26, also in `int main(){}`. */
  glibc: 'GLIBC_TUNABLES',
  /** In musl's strerror table. */
  musl: 'No error information',
} as const;

export type Mark = keyof typeof MARKS;

/** Which marks are among the program's constants. */
export function findMarks(elf: ElfFile, marks: readonly Mark[]): ReadonlySet<Mark> {
  if (marks.length === 0) return new Set();
  const found = findStrings(
    elf.source,
    marks.map((mark) => MARKS[mark]),
    {
      ranges: elf.constantRanges(),
      limitBytes: MARK_SEARCH_LIMIT_BYTES,
    },
  );
  return new Set(marks.filter((mark) => found.has(MARKS[mark])));
}
