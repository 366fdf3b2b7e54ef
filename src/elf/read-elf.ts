import type { ByteSource } from '../core/byte-source.ts';
import { findDefect } from './defect.ts';
import { DF, DT } from './dynamic-section.ts';
import { dlopenNotes } from './dlopen-notes.ts';
import { type ElfFile, openElf } from './elf-file.ts';
import type { ElfFacts, ElfLinkage } from './facts.ts';
import { fileEnd } from './file-end.ts';
import { readGoBuildInfo } from './go-build-info.ts';
import { abiTag, buildId, gnuProperties, isaLevelNeeded } from './gnu-notes.ts';
import { detectLanguages } from './languages.ts';
import { classifyLibc } from './libc.ts';
import { linkageOf } from './linkage.ts';
import { findMarks, isPackedByUpx, type Mark, toolchainComments } from './marks.ts';
import { type ElfNote, NT_GO_BUILD_ID, readNotes } from './notes.ts';
import { readPayload } from './payload.ts';
import { PF, PT } from './program-headers.ts';
import { countIrelative } from './relocations.ts';
import { SHT } from './section-headers.ts';
import { hasSymbolTable } from './symbols.ts';
import {
  highestGlibc,
  readVersionDefinitions,
  readVersionNeeds,
  VER_FLG_BASE,
  versionNeedOf,
} from './symbol-versions.ts';

/**
 * Everything that the bytes of an ELF file say, in a few positional reads and one bounded search through its
 * constants; nothing is executed. Errors: NOT_AN_EXECUTABLE (not ELF), ELF_INVALID (damaged), LIMIT_EXCEEDED.
 */
export function readElf(source: ByteSource): ElfFacts {
  return factsOf(openElf(source));
}

/** The part that a loader asks for; some three reads. Errors: as `readElf`. */
export function readElfLinkage(source: ByteSource): ElfLinkage {
  return linkageOf(openElf(source));
}

/** As `readElf`, for a file that is open already. */
export function factsOf(elf: ElfFile): ElfFacts {
  const linkage = linkageOf(elf);
  const linked = linkage.link !== 'none';
  const notes = readNotes(elf);
  const goBuildId = findGoBuildId(notes);
  const go = linked ? readGoBuildInfo(elf) : null;
  const versions = linked ? versionFacts(elf) : NO_VERSIONS;
  const common = {
    ...linkage,
    ...versions,
    isGo: go !== null || goBuildId !== null,
    packedBy: isPackedByUpx(elf) ? ('upx' as const) : null,
    hasAndroidNote: notes.some(({ owner }) => owner === 'Android'),
    abiTag: abiTag(notes, elf.header.littleEndian),
    toolchain: toolchainComments(elf),
    hasMark: markFinder(elf, linked),
  };
  const verdict = classifyLibc({ ...common, elf, go });
  return {
    ...linkage,
    ...versions,
    ...sectionFacts(elf),
    ...segmentFacts(elf, linked),
    libc: verdict.libc,
    libcEvidence: verdict.evidence,
    languages: detectLanguages({ ...common, libc: verdict.libc, notes }),
    toolchain: common.toolchain,
    buildId: buildId(notes),
    goBuildId,
    abiTag: common.abiTag,
    isaLevel: isaLevelNeeded(gnuProperties(notes, elf.is64, elf.header.littleEndian)),
    irelativeCount: linked ? countIrelative(elf) : 0,
    defect: linkage.type === 'EXEC' || linkage.type === 'DYN' ? findDefect(elf) : null,
    packedBy: common.packedBy,
    payload: linked ? readPayload(elf, fileEnd(elf)) : null,
    dlopen: dlopenNotes(notes),
    go,
  };
}

type VersionFacts = Pick<
  ElfFacts,
  'versionNeeds' | 'versionDefinitions' | 'minimumGlibc' | 'needsPrivateGlibc'
>;

const NO_VERSIONS: VersionFacts = {
  versionNeeds: [],
  versionDefinitions: [],
  minimumGlibc: null,
  needsPrivateGlibc: false,
};

function versionFacts(elf: ElfFile): VersionFacts {
  const needs = readVersionNeeds(elf);
  const definitions = readVersionDefinitions(elf).filter(({ flags }) => (flags & VER_FLG_BASE) === 0);
  return {
    versionNeeds: needs.map(versionNeedOf),
    versionDefinitions: definitions.map(({ name }) => name),
    minimumGlibc: highestGlibc(needs),
    needsPrivateGlibc: needs.some(({ versions }) => versions.some(({ name }) => name === 'GLIBC_PRIVATE')),
  };
}

function sectionFacts(
  elf: ElfFile,
): Pick<ElfFacts, 'stripped' | 'hasDebugInfo' | 'hasSectionHeaders' | 'trailingBytes'> {
  const sections = elf.sections();
  return {
    stripped: !hasSymbolTable(elf),
    hasDebugInfo: sections.some(({ name, type }) => /^\.z?debug_info$/.test(name) && type !== SHT.NOBITS),
    hasSectionHeaders: sections.length > 0,
    trailingBytes: Math.max(0, elf.source.sizeBytes - fileEnd(elf)),
  };
}

type SegmentFact = 'executableStack' | 'stackSizeBytes' | 'tlsSizeBytes' | 'textRelocations' | 'relr';

function segmentFacts(elf: ElfFile, linked: boolean): Pick<ElfFacts, SegmentFact> {
  const stack = elf.segment(PT.GNU_STACK);
  const dynamic = linked ? elf.dynamic() : null;
  return {
    executableStack: stack !== undefined && (stack.flags & PF.X) !== 0,
    stackSizeBytes: stack?.memorySizeBytes ?? 0,
    tlsSizeBytes: elf.segment(PT.TLS)?.memorySizeBytes ?? 0,
    textRelocations:
      ((dynamic?.value(DT.FLAGS) ?? 0) & DF.TEXTREL) !== 0 || dynamic?.value(DT.TEXTREL) !== undefined,
    relr: dynamic?.value(DT.RELR) !== undefined,
  };
}

/** Looks for the marks of a language or libc at most once, all in one pass. */
function markFinder(elf: ElfFile, linked: boolean): (mark: Mark) => boolean {
  let marks: ReadonlySet<Mark> | undefined;
  return (mark) => {
    marks ??= linked ? findMarks(elf, ['rust', 'cxx', 'glibc', 'musl']) : new Set();
    return marks.has(mark);
  };
}

function findGoBuildId(notes: readonly ElfNote[]): string | null {
  const note = notes.find(({ owner, type }) => owner === 'Go' && type === NT_GO_BUILD_ID);
  return note === undefined ? null : note.description.toString('latin1').replace(/\0+$/, '');
}
