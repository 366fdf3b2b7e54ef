import type { ElfFile } from './elf-file.ts';
import type { ElfFacts, GoBuildInfo, Libc, LinkKind, VersionNeed } from './facts.ts';
import type { AbiTag } from './gnu-notes.ts';
import { interpreterKind, systemOfLoader } from '../core/interpreter-kind.ts';
import type { Mark } from './marks.ts';
import { startCodeLibc } from './start-code.ts';
import { fullSymbolTable, type SymbolTable, symbolsOf } from './symbols.ts';

export interface LibcEvidence {
  readonly elf: ElfFile;
  readonly type: ElfFacts['type'];
  readonly link: LinkKind;
  readonly interpreter: string | null;
  readonly soname: string | null;
  readonly needed: readonly string[];
  readonly versionNeeds: readonly VersionNeed[];
  readonly versionDefinitions: readonly string[];
  readonly abiTag: AbiTag | null;
  readonly go: GoBuildInfo | null;
  readonly isGo: boolean;
  readonly packedBy: 'upx' | null;
  /** A note whose owner is Android. */
  readonly hasAndroidNote: boolean;
  /** Looks through the constants; asked for only where nothing stronger decides. */
  readonly hasMark: (mark: Mark) => boolean;
}

export interface LibcVerdict {
  readonly libc: Libc;
  readonly evidence: string;
}

/** Which C library a file is linked with, and how that can be seen; the strongest sign first. */
export function classifyLibc(facts: LibcEvidence): LibcVerdict {
  if (facts.link === 'none')
    return {
      libc: 'unknown',
      evidence: facts.type === 'REL' ? 'not linked yet' : 'not a program: there is no code in it',
    };
  const dynamic = byBionic(facts) ?? byLibraries(facts);
  if (dynamic !== null) return dynamic;
  if (facts.packedBy !== null)
    return { libc: 'unknown', evidence: 'packed by UPX, which hides the program; unpack it with upx -d' };
  if (facts.link === 'dynamic') return byInterpreter(facts);
  if (facts.link === 'shared')
    return byVersions(facts) ?? { libc: 'none', evidence: 'a library that needs no other library' };
  return byStartCode(facts);
}

/** Its libc.so has the name of musl's, which gives no versions; bionic's are LIBC, LIBC_N and so on (libc.map.txt). */
function byBionic({
  interpreter,
  versionNeeds,
  versionDefinitions,
  soname,
  hasAndroidNote,
}: LibcEvidence): LibcVerdict | null {
  if (interpreter !== null && interpreterKind(interpreter) === 'bionic')
    return { libc: 'bionic', evidence: `interpreter ${interpreter}, Android's` };
  const wanted = versionNeeds.find(({ library }) => library === 'libc.so')?.versions[0];
  if (wanted !== undefined && BIONIC_VERSION.test(wanted.name))
    return { libc: 'bionic', evidence: `asks libc.so for version ${wanted.name}, which only Android's has` };
  if (soname === 'libc.so' && versionDefinitions.some((name) => BIONIC_VERSION.test(name)))
    return { libc: 'bionic', evidence: "is Android's libc.so" };
  return hasAndroidNote ? { libc: 'bionic', evidence: "Android's note (.note.android.ident)" } : null;
}

const BIONIC_VERSION = /^LIBC(_|$)/;

function byLibraries({ needed }: LibcEvidence): LibcVerdict | null {
  for (const name of needed) {
    const libc = libraryLibc(name);
    if (libc !== null) return { libc, evidence: `needs ${name}` };
  }
  return null;
}

/** libc.so.6.1 is glibc on Alpha and IA-64, libc.so.0.3 on the Hurd; libc.so is musl's, libc.musl-<arch>.so.1 Alpine's. */
function libraryLibc(name: string): Libc | null {
  if (/^libc\.so\.(6|6\.1|0\.3)$/.test(name)) return 'glibc';
  if (name === 'libc.so.0') return 'uclibc';
  if (name === 'libc.so' || name.startsWith('libc.musl-')) return 'musl';
  return null;
}

function byInterpreter(facts: LibcEvidence): LibcVerdict {
  const { interpreter } = facts;
  if (facts.needed.length === 0 && facts.isGo) {
    return { libc: 'go', evidence: `Go program; asks for ${interpreter} but needs no library from it` };
  }
  const kind = interpreter === null ? null : interpreterKind(interpreter);
  if (kind !== null) return { libc: kind, evidence: `interpreter ${interpreter}` };
  const system = interpreter === null ? null : systemOfLoader(interpreter);
  if (system !== null) return { libc: 'unknown', evidence: `interpreter ${interpreter} is ${system}'s` };
  return (
    byVersions(facts) ?? { libc: 'unknown', evidence: `interpreter ${interpreter} is nobody's that is known` }
  );
}

function byVersions({ versionNeeds, versionDefinitions, soname, needed }: LibcEvidence): LibcVerdict | null {
  const wanted = versionNeeds
    .flatMap(({ versions }) => versions)
    .find(({ name }) => name.startsWith('GLIBC_'));
  if (wanted !== undefined) return { libc: 'glibc', evidence: `asks for version ${wanted.name}` };
  const defined = versionDefinitions.find((name) => name.startsWith('GLIBC_'));
  if (defined !== undefined) return { libc: 'glibc', evidence: `defines version ${defined}` };
  if (soname !== null && libraryLibc(soname) !== null)
    return { libc: libraryLibc(soname) ?? 'unknown', evidence: `is ${soname}` };
  if (needed.length > 0)
    return { libc: 'unknown', evidence: `needs ${needed.join(', ')}, but no C library directly` };
  return null;
}

function byStartCode(facts: LibcEvidence): LibcVerdict {
  const start = startCodeLibc(facts.elf);
  if (start === 'glibc') return glibcStart(facts);
  if (start === 'musl' || start === 'dietlibc')
    return { libc: start, evidence: `the entry point is ${start}'s start code` };
  if (facts.isGo && (start === 'go' || facts.abiTag === null)) {
    return { libc: 'go', evidence: `${facts.go?.version ?? 'Go'}; the entry point is Go's own` };
  }
  if (facts.abiTag !== null) return { libc: 'glibc', evidence: "the ABI tag note of glibc's crt1.o" };
  if (facts.hasMark('glibc')) return { libc: 'glibc', evidence: 'the string GLIBC_TUNABLES' };
  if (facts.hasMark('musl')) return { libc: 'musl', evidence: "the string of musl's strerror table" };
  return withoutLibc(facts.elf);
}

// uClibc's crt1.o begins as glibc's does, but carries no ABI tag; glibc before 2.26 has no tunables.
function glibcStart(facts: LibcEvidence): LibcVerdict {
  if (facts.abiTag !== null) {
    return {
      libc: 'glibc',
      evidence: "the entry point is glibc's start code, and the ABI tag note is there",
    };
  }
  if (facts.hasMark('glibc')) {
    return {
      libc: 'glibc',
      evidence: "the entry point is glibc's start code, and the string GLIBC_TUNABLES is there",
    };
  }
  return {
    libc: 'unknown',
    evidence: "the entry point is like glibc's start code, but nothing else of glibc is there",
  };
}

/** Names that the start code of every C library brings into an unstripped program. */
const LIBC_NAMES: ReadonlySet<string> = new Set([
  '__libc_start_main',
  '__libc_start_call_main',
  '__libc_init',
  '__uClibc_main',
]);

function withoutLibc(elf: ElfFile): LibcVerdict {
  const table = fullSymbolTable(elf);
  if (table !== null && !hasLibcSymbol(elf, table)) {
    return { libc: 'none', evidence: 'its symbol table has no C library' };
  }
  return { libc: 'unknown', evidence: 'the entry point is not the start code of a C library that is known' };
}

function hasLibcSymbol(elf: ElfFile, table: SymbolTable): boolean {
  for (const { symbol } of symbolsOf(elf, table)) {
    if (LIBC_NAMES.has(symbol.name)) return true;
  }
  return false;
}
