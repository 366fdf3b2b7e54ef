import { DT, type DynamicEntry, type DynamicSection } from '../../src/elf/dynamic-section.ts';
import { versionedSymbols } from '../../src/elf/dynamic-symbols.ts';
import type { ElfFile } from '../../src/elf/elf-file.ts';
import { abiTag, gnuProperties, isaLevelNeeded } from '../../src/elf/gnu-notes.ts';
import { linkageOf } from '../../src/elf/linkage.ts';
import { type ElfNote, readNotes } from '../../src/elf/notes.ts';
import type { ProgramHeader } from '../../src/elf/program-headers.ts';
import { readVersionDefinitions, readVersionNeeds } from '../../src/elf/symbol-versions.ts';
import type { ReadelfTables } from './elf-readelf-output.ts';

/** Our tables in readelf's words, so that the two can be compared line by line. */
export function tablesOf(elf: ElfFile): ReadelfTables {
  const dynamic = elf.dynamic();
  return {
    header: headerFields(elf),
    programHeaders: elf.programHeaders.map((header) => programHeaderLine(header, elf.header.machine)),
    interpreter: linkageOf(elf).interpreter,
    dynamic:
      dynamic?.entries().map((entry) => ({ tag: entry.tag, text: dynamicText(dynamic, entry) })) ?? null,
    symbolVersions: dynamic?.value(DT.VERSYM) === undefined ? null : symbolVersionTexts(elf),
    versionDefinitions: definitionLines(elf),
    versionNeeds: needLines(elf),
    notes: readNotes(elf).map((note) => noteLine(note, elf)),
  };
}

const OS_ABI: Readonly<Record<number, string>> = {
  0: 'UNIX - System V',
  3: 'UNIX - GNU',
  9: 'UNIX - FreeBSD',
  97: 'ARM',
};
const TYPES = [
  'NONE (None)',
  'REL (Relocatable file)',
  'EXEC (Executable file)',
  'DYN',
  'CORE (Core file)',
] as const;

function headerFields(elf: ElfFile): Readonly<Record<string, string>> {
  const { header } = elf;
  return {
    Class: `ELF${header.class}`,
    Data: `2's complement, ${header.littleEndian ? 'little' : 'big'} endian`,
    'OS/ABI': OS_ABI[header.osAbi] ?? `<unknown: ${header.osAbi.toString(16)}>`,
    'ABI Version': String(header.abiVersion),
    Type: TYPES[header.type] ?? `<unknown>: ${header.type.toString(16)}`,
    Machine: linkageOf(elf).machine,
    e_version: `0x${header.version.toString(16)}`,
    'Entry point address': `0x${header.entry.toString(16)}`,
    'Start of program headers': `${header.programHeaderOffset} (bytes into file)`,
    'Start of section headers': `${header.sectionHeaderOffset} (bytes into file)`,
    Flags: `0x${header.flags.toString(16)}`,
    'Size of this header': `${header.headerSizeBytes} (bytes)`,
    'Size of program headers': `${header.programHeaderEntrySize} (bytes)`,
    'Number of program headers': String(elf.programHeaders.length),
    'Size of section headers': `${header.sectionHeaderEntrySize} (bytes)`,
    'Number of section headers': String(header.sectionHeaderCount),
    'Section header string table index': String(header.sectionNameIndex),
  };
}

/** readelf's names of e_machine, to morsel's. */
export const MACHINES: Readonly<Record<string, RegExp>> = {
  'Advanced Micro Devices X86-64': /^x86_64$/,
  'Intel 80386': /^i386$/,
  AArch64: /^aarch64(_be)?$/,
  ARM: /^arm(eb)?$/,
  'IBM S/390': /^s390x?$/,
  LoongArch: /^loongarch(32|64)$/,
  'MIPS R3000': /^mips(64)?(el)?$/,
  PowerPC: /^ppc$/,
  PowerPC64: /^ppc64(le)?$/,
  'RISC-V': /^riscv(32|64)$/,
  'Sparc v9': /^sparc64$/,
  'Sparc v8+': /^sparc$/,
  Sparc: /^sparc$/,
  Alpha: /^alpha$/,
  HPPA: /^parisc$/,
  'Renesas / SuperH SH': /^sh4$/,
  MC68000: /^m68k$/,
  'Intel IA-64': /^ia64$/,
  'Linux BPF': /^bpf$/,
  'OpenRISC 1000': /^openrisc$/,
  ARCompact: /^arc$/,
  ARCv2: /^arcv2$/,
  'Analog Devices Blackfin': /^blackfin$/,
  'QUALCOMM DSP6 Processor': /^hexagon$/,
  'Xilinx MicroBlaze': /^microblaze$/,
  'C-SKY': /^csky$/,
};

const SEGMENT_TYPES: Readonly<Record<number, string>> = {
  0: 'NULL',
  1: 'LOAD',
  2: 'DYNAMIC',
  3: 'INTERP',
  4: 'NOTE',
  5: 'SHLIB',
  6: 'PHDR',
  7: 'TLS',
  0x6474e550: 'GNU_EH_FRAME',
  0x6474e551: 'GNU_STACK',
  0x6474e552: 'GNU_RELRO',
  0x6474e553: 'GNU_PROPERTY',
};

/** Those of the processors, which share their numbers. */
const PROCESSOR_SEGMENTS: Readonly<Record<string, string>> = {
  '40:70000001': 'EXIDX',
  '8:70000000': 'REGINFO',
  '8:70000003': 'ABIFLAGS',
  '243:70000003': 'RISCV_ATTRIBUT',
};

function programHeaderLine(header: ProgramHeader, machine: number): string {
  const hex = header.type.toString(16);
  const type =
    SEGMENT_TYPES[header.type] ?? PROCESSOR_SEGMENTS[`${machine}:${hex}`] ?? unknownSegment(header.type);
  const flags = `${header.flags & 4 ? 'R' : ''}${header.flags & 2 ? 'W' : ''}${header.flags & 1 ? 'E' : ''}`;
  const { offset, address, physicalAddress, fileSizeBytes, memorySizeBytes, align } = header;
  return `${type} ${[offset, address, physicalAddress, fileSizeBytes, memorySizeBytes, align].join(' ')} ${flags}`;
}

function unknownSegment(type: number): string {
  if (type >= 0x70000000) return `LOPROC+0x${(type - 0x70000000).toString(16)}`;
  return `LOOS+0x${(type - 0x60000000).toString(16)}`;
}

const STRING_TAGS: Readonly<Record<number, string>> = {
  [DT.NEEDED]: 'Shared library',
  [DT.SONAME]: 'Library soname',
  [DT.RPATH]: 'Library rpath',
  [DT.RUNPATH]: 'Library runpath',
};
/** PLTRELSZ RELASZ RELAENT STRSZ SYMENT RELSZ RELENT INIT_ARRAYSZ FINI_ARRAYSZ PREINIT_ARRAYSZ RELRSZ RELRENT. */
const SIZE_TAGS: ReadonlySet<number> = new Set([2, 8, 9, 10, 11, 18, 19, 27, 28, 33, 35, 37]);
const COUNT_TAGS: ReadonlySet<number> = new Set([DT.VERNEEDNUM, DT.VERDEFNUM, DT.RELACOUNT, DT.RELCOUNT]);
/** TEXTREL, BIND_NOW: readelf prints no value. */
const BARE_TAGS: ReadonlySet<number> = new Set([22, 24]);

const FLAG_NAMES = ['ORIGIN', 'SYMBOLIC', 'TEXTREL', 'BIND_NOW', 'STATIC_TLS'] as const;
const FLAG_1_NAMES = (
  'NOW GLOBAL GROUP NODELETE LOADFLTR INITFIRST NOOPEN ORIGIN DIRECT TRANS INTERPOSE NODEFLIB NODUMP CONFALT ENDFILTEE ' +
  'DISPRELDNE DISPRELPND NODIRECT IGNMULDEF NOKSYMS NOHDR EDITED NORELOC SYMINTPOSE GLOBAUDIT SINGLETON STUB PIE'
).split(' ');

function dynamicText(dynamic: DynamicSection, { tag, value }: DynamicEntry): string {
  const label = STRING_TAGS[tag];
  if (label !== undefined) return `${label}: [${dynamic.strings?.get(value)}]`;
  if (SIZE_TAGS.has(tag)) return `${value} (bytes)`;
  if (COUNT_TAGS.has(tag)) return String(value);
  if (BARE_TAGS.has(tag)) return '';
  if (tag === DT.PLTREL) return value === DT.RELA ? 'RELA' : 'REL';
  if (tag === DT.FLAGS) return bitNames(value, FLAG_NAMES);
  if (tag === DT.FLAGS_1) return `Flags: ${bitNames(value, FLAG_1_NAMES)}`;
  return `0x${value.toString(16)}`;
}

function bitNames(value: number, names: readonly string[]): string {
  return names.filter((_name, bit) => (value & (1 << bit)) !== 0).join(' ');
}

function symbolVersionTexts(elf: ElfFile): readonly string[] {
  const names = new Map<number, string>([
    [0, '*local*'],
    [1, '*global*'],
  ]);
  const defined = new Map(names);
  for (const { index, name } of readVersionDefinitions(elf)) if (index > 1) defined.set(index, name);
  for (const { versions } of readVersionNeeds(elf))
    for (const { index, name } of versions) names.set(index, name);
  return [...versionedSymbols(elf)].map(({ symbol, versionIndex }) => {
    const index = versionIndex & 0x7fff;
    const name =
      (symbol.sectionIndex === 0 ? names.get(index) : undefined) ?? defined.get(index) ?? names.get(index);
    return `${index.toString(16)}${versionIndex & 0x8000 ? 'h' : ''}(${name})`;
  });
}

function versionFlags(flags: number): string {
  const names = ['BASE', 'WEAK', 'INFO'].filter((_name, bit) => (flags & (1 << bit)) !== 0);
  return names.length === 0 ? 'none' : names.join(' | ');
}

function definitionLines(elf: ElfFile): readonly string[] {
  return readVersionDefinitions(elf).flatMap(({ name, parents, flags, index }) => [
    `Rev: 1 Flags: ${versionFlags(flags)} Index: ${index} Cnt: ${parents.length + 1} Name: ${name}`,
    ...parents.map((parent, number) => `Parent ${number + 1}: ${parent}`),
  ]);
}

function needLines(elf: ElfFile): readonly string[] {
  return readVersionNeeds(elf).flatMap(({ library, versions }) => [
    `Version: 1 File: ${library} Cnt: ${versions.length}`,
    ...versions.map(
      ({ name, flags, index }) => `Name: ${name} Flags: ${versionFlags(flags)} Version: ${index}`,
    ),
  ]);
}

const GNU_NOTE_TYPES: Readonly<Record<number, string>> = {
  1: 'NT_GNU_ABI_TAG (ABI version tag)',
  3: 'NT_GNU_BUILD_ID (unique build ID bitstring)',
  4: 'NT_GNU_GOLD_VERSION (gold version)',
  5: 'NT_GNU_PROPERTY_TYPE_0',
};

function noteLine(note: ElfNote, elf: ElfFile): string {
  return `${note.owner} ${note.description.length} ${noteType(note)} ${noteText(note, elf)}`.trim();
}

function noteType({ owner, type }: ElfNote): string {
  if (owner === 'GNU') return GNU_NOTE_TYPES[type] ?? `type ${type}`;
  if (owner === 'stapsdt' && type === 3) return 'NT_STAPSDT (SystemTap probe descriptors)';
  if (owner === 'Go' && type === 4) return 'GO BUILDID';
  if (owner === 'FDO' && type === 0xcafe1a7e) return 'FDO_PACKAGING_METADATA';
  return `type ${type}`;
}

function noteText(note: ElfNote, elf: ElfFile): string {
  const { littleEndian } = elf.header;
  const { owner, type, description } = note;
  if (owner === 'GNU' && type === 1) {
    const tag = abiTag([note], littleEndian);
    return `OS: ${tag?.os}, ABI: ${tag?.kernel}`;
  }
  if (owner === 'GNU' && type === 3) return `Build ID: ${description.toString('hex')}`;
  if (owner === 'GNU' && type === 4) return `Version: ${description.toString('latin1').replace(/\0+$/, '')}`;
  if (owner === 'GNU' && type === 5) return propertyText(note, elf);
  if (owner === 'stapsdt') {
    const strings = description
      .subarray(elf.is64 ? 24 : 12)
      .toString('latin1')
      .split('\0');
    return `Provider: ${strings[0]}`;
  }
  if (owner === 'FDO') return `Packaging Metadata: ${description.toString('utf8').replace(/\0+$/, '')}`;
  return `description data: ${[...description].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')}`;
}

/** Only the property that morsel acts on is decoded; the test compares that one. */
function propertyText(note: ElfNote, elf: ElfFile): string {
  const level = isaLevelNeeded(gnuProperties([note], elf.is64, elf.header.littleEndian));
  return `x86 ISA needed: ${level}`;
}
