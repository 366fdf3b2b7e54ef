import { MorselError } from '../core/errors.ts';
import { kernelName } from '../core/machines.ts';
import { readAtLeast } from './byte-window.ts';
import { INTERPRETER_LIMIT_BYTES, isDebugFile } from './defect.ts';
import { DF_1, DT, type DynamicSection } from './dynamic-section.ts';
import type { ElfFile } from './elf-file.ts';
import type { ElfFacts, ElfLinkage, LinkKind } from './facts.ts';
import { PT } from './program-headers.ts';

const TYPES = ['other', 'REL', 'EXEC', 'DYN', 'CORE'] as const;

/** The facts that a loader asks for. Errors: ELF_INVALID. */
export function linkageOf(elf: ElfFile): ElfLinkage {
  const { header } = elf;
  const type: ElfFacts['type'] = TYPES[header.type] ?? 'other';
  // A core dump's program headers describe a process, not a program to load, and those of a debug file another file.
  const linked = (type === 'EXEC' || type === 'DYN') && !isSplitOff(elf);
  const dynamic = linked ? elf.dynamic() : null;
  const interpreter = linked ? readInterpreter(elf) : null;
  return {
    path: elf.source.name,
    sizeBytes: elf.source.sizeBytes,
    class: header.class,
    byteOrder: header.littleEndian ? 'little' : 'big',
    machine: kernelName(header),
    machineNumber: header.machine,
    osAbi: header.osAbi,
    abiVersion: header.abiVersion,
    processorFlags: header.flags,
    type,
    entry: header.entry,
    link: linked ? linkKind(type, interpreter, dynamic, header.entry) : 'none',
    interpreter,
    soname: dynamic?.name(DT.SONAME) ?? null,
    needed: dynamic?.needed() ?? [],
    rpath: dynamic?.name(DT.RPATH) ?? null,
    runpath: dynamic?.name(DT.RUNPATH) ?? null,
    flags: dynamic?.value(DT.FLAGS) ?? 0,
    flags1: dynamic?.value(DT.FLAGS_1) ?? 0,
  };
}

/**
 * Whether it is a debug file; its section headers are read for that only where the dynamic section leaves the question:
 * a loader looks at many files.
 */
function isSplitOff(elf: ElfFile): boolean {
  try {
    return elf.dynamic() === null && isDebugFile(elf);
  } catch (error) {
    if (error instanceof MorselError && isDebugFile(elf)) return true;
    throw error;
  }
}

/** PT_INTERP up to its NUL. */
function readInterpreter(elf: ElfFile): string | null {
  const segment = elf.segmentRange(PT.INTERP);
  if (segment === undefined || segment.sizeBytes === 0) return null;
  const size = Math.min(segment.sizeBytes, INTERPRETER_LIMIT_BYTES);
  const end = segment.offset + size;
  const path =
    end <= elf.head.length
      ? elf.head.toString('utf8', segment.offset, end)
      : readAtLeast(elf.source, segment.offset, size).toString('utf8');
  const nul = path.indexOf('\0');
  return nul < 0 ? path : path.slice(0, nul);
}

// PT_INTERP first, as the kernel has it (fs/binfmt_elf.c). What UPX packs is ET_DYN with an entry and no dynamic
// section: the kernel starts it.
function linkKind(
  type: ElfFacts['type'],
  interpreter: string | null,
  dynamic: DynamicSection | null,
  entry: number,
): LinkKind {
  if (interpreter !== null) return 'dynamic';
  if (type === 'EXEC') return 'static';
  if (((dynamic?.value(DT.FLAGS_1) ?? 0) & DF_1.PIE) !== 0) return 'static-pie';
  return dynamic === null && entry !== 0 ? 'static-pie' : 'shared';
}
