import { openByteSource, sliceByteSource } from '../../core/byte-source.ts';
import { MorselError } from '../../core/errors.ts';
import { machineOfArchitecture, machineOfElf } from '../../core/machines.ts';
import { isElf, openElf, undefinedSymbols } from '../../elf/index.ts';
import { type ArchiveMember, archiveMembers, isTable } from './archive-members.ts';

/** Names that glibc's headers alone put into objects: fortified calls, its own scanf, its tables of characters. */
const GLIBC_ONLY =
  /^(?:__[a-z0-9_]+_chk|__isoc(?:99|23)_\w+|__ctype_(?:b|tolower|toupper)_loc|__fdelt_(?:warn|chk)|__libc_(?:single_threaded|current_sigrt\w+)|__[a-z]+_finite|__register_atfork|gnu_get_libc_version)$/;
/** musl has these names too, and gcc's stack protector gives them to both. */
const COMMON = new Set(['__stack_chk_fail']);

export interface ArchiveTarget {
  /** OCI's word. */
  readonly architecture: string;
  readonly libc: 'musl' | 'glibc';
}

/**
 * Whether the objects of an archive are of the machine and the C library that it was built for: two C libraries in one
 * program crash. Error: LIBRARY_BUILD_FAILED.
 */
export function checkArchive(path: string, { architecture, libc }: ArchiveTarget): void {
  const source = openByteSource(path);
  try {
    for (const member of archiveMembers(source)) {
      if (isTable(member)) continue;
      const slice = sliceByteSource(
        source,
        member.offset,
        member.sizeBytes,
        `${source.name}(${member.name})`,
      );
      if (!isElf(slice)) continue;
      const elf = openElf(slice);
      const machine = machineOfElf(elf.header);
      if (machine !== machineOfArchitecture(architecture))
        throw wrong(path, member, `is for ${machine ?? 'another machine'}, not for ${architecture}`);
      if (libc !== 'musl') continue;
      const foreign = [...undefinedSymbols(elf)].find((name) => GLIBC_ONLY.test(name) && !COMMON.has(name));
      if (foreign !== undefined) throw wrong(path, member, `calls ${foreign}, which glibc alone has`);
    }
  } finally {
    source.close();
  }
}

function wrong(path: string, { name }: ArchiveMember, what: string): MorselError {
  return new MorselError('LIBRARY_BUILD_FAILED', `${path}: ${name.replace(/\/$/, '')} ${what}`, {
    hint: 'its build used another compiler than it was given: name sources of another version, or ask for --rung closure',
  });
}
