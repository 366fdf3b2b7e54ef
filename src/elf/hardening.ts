import { importedSymbols } from './dynamic-symbols.ts';
import { DF, DF_1, DT } from './dynamic-section.ts';
import type { ElfFile } from './elf-file.ts';
import type { ElfFacts } from './facts.ts';
import { PF, PT } from './program-headers.ts';
import { fullSymbolTable, SHN_UNDEF, symbolsOf } from './symbols.ts';

/** What a question got for an answer, and by what in the bytes. */
export interface HardeningAnswer {
  /** `unknown`: the bytes do not say. */
  readonly answer: 'yes' | 'no' | 'unknown';
  /** Why, in words. */
  readonly evidence: string;
}

/** What a program's builder did against errors of memory: the questions of checksec(7). Read, not tried. */
export interface Hardening {
  /** Loaded at a random address: `library` for a shared library, which always is. */
  readonly pie: 'yes' | 'no' | 'library';
  /** `full`: relocated at the start, and read-only from then on; `partial`: all but the table of functions that are called late. */
  readonly relro: 'full' | 'partial' | 'none';
  /** Its stack is not executable. */
  readonly nx: HardeningAnswer;
  /** Some function of it watches over its stack frame (`-fstack-protector`). */
  readonly canary: HardeningAnswer;
  /** Some call of it is a checked one of the C library (`-D_FORTIFY_SOURCE`). */
  readonly fortify: HardeningAnswer;
}

/** null for what is not linked: objects, cores, debug files. Errors: ELF_INVALID. */
export function hardeningOf(elf: ElfFile, facts: ElfFacts): Hardening | null {
  if (facts.link === 'none') return null;
  return {
    pie: pieOf(facts),
    relro: relroOf(elf),
    nx: nxOf(elf),
    ...symbolAnswers(elf, facts),
  };
}

function pieOf({ link, type }: ElfFacts): Hardening['pie'] {
  if (link === 'shared') return 'library';
  return type === 'DYN' ? 'yes' : 'no';
}

/** A loader protects what PT_GNU_RELRO covers; the functions' table lies in it only where all are bound at the start. */
function relroOf(elf: ElfFile): Hardening['relro'] {
  if (elf.segment(PT.GNU_RELRO) === undefined) return 'none';
  const dynamic = elf.dynamic();
  const bindsNow =
    dynamic?.value(DT.BIND_NOW) !== undefined ||
    ((dynamic?.value(DT.FLAGS) ?? 0) & DF.BIND_NOW) !== 0 ||
    ((dynamic?.value(DT.FLAGS_1) ?? 0) & DF_1.NOW) !== 0;
  return bindsNow ? 'full' : 'partial';
}

/** Without the header, the kernel decides by machine, and by its version (fs/binfmt_elf.c, EXSTACK_DEFAULT). */
function nxOf(elf: ElfFile): HardeningAnswer {
  const stack = elf.segment(PT.GNU_STACK);
  if (stack === undefined)
    return { answer: 'unknown', evidence: 'it has no PT_GNU_STACK: the kernel decides' };
  return (stack.flags & PF.X) === 0
    ? { answer: 'yes', evidence: 'PT_GNU_STACK without execution' }
    : { answer: 'no', evidence: 'PT_GNU_STACK asks for an executable stack' };
}

const CANARY = '__stack_chk_fail';
/** glibc's and bionic's, such as __memcpy_chk: one bounded run of word characters. */
const CHECKED = /^__[a-z0-9_]{1,60}_chk$/;
/** Of the functions that have a checked twin, those that are called most: who calls one unchecked was not fortified, or not there. */
const CHECKABLE: ReadonlySet<string> = new Set(
  (
    'memcpy memmove memset mempcpy strcpy stpcpy strncpy stpncpy strcat strncat sprintf snprintf vsprintf vsnprintf ' +
    'printf fprintf vprintf vfprintf dprintf asprintf vasprintf obstack_printf syslog vsyslog fgets fgets_unlocked ' +
    'fread fread_unlocked read pread pread64 readlink readlinkat getcwd realpath recv recvfrom poll ppoll gethostname ' +
    'confstr getgroups ttyname_r longjmp wcscpy wcsncpy wmemcpy wmemmove wmemset swprintf wprintf fwprintf mbstowcs ' +
    'wcstombs mbsrtowcs wcsrtombs'
  ).split(' '),
);

type SymbolAnswers = Pick<Hardening, 'canary' | 'fortify'>;

function symbolAnswers(elf: ElfFile, facts: ElfFacts): SymbolAnswers {
  const imports = importedSymbols(elf).map(({ name }) => name);
  return facts.link === 'static' || facts.link === 'static-pie'
    ? staticAnswers(elf)
    : { canary: importedCanary(imports, elf), fortify: importedFortify(imports, facts) };
}

function importedCanary(imports: readonly string[], elf: ElfFile): HardeningAnswer {
  if (imports.includes(CANARY)) return { answer: 'yes', evidence: `calls ${CANARY}` };
  const { canary } = definedNames(elf) ?? { canary: false };
  return canary
    ? { answer: 'unknown', evidence: `has a ${CANARY} of its own: who calls it is not known` }
    : { answer: 'no', evidence: `does not call ${CANARY}` };
}

function importedFortify(imports: readonly string[], { libc }: ElfFacts): HardeningAnswer {
  const checked = new Set(imports.filter((name) => CHECKED.test(name)));
  if (checked.size > 0) {
    const functions = checked.size === 1 ? 'function' : 'functions';
    return { answer: 'yes', evidence: `calls ${checked.size} checked ${functions}, as ${[...checked][0]}` };
  }
  if (libc === 'musl') return { answer: 'unknown', evidence: 'musl has no checked functions of its own' };
  const bare = imports.find((name) => CHECKABLE.has(name));
  return bare === undefined
    ? { answer: 'unknown', evidence: 'calls nothing that has a checked form' }
    : { answer: 'no', evidence: `calls no checked function, but ${bare}` };
}

/** In a static program the C library's own code is there too, which has both in most distributions: a name proves nothing. */
function staticAnswers(elf: ElfFile): SymbolAnswers {
  const names = definedNames(elf);
  if (names === null) {
    const unknown = { answer: 'unknown', evidence: 'static, and without symbols' } as const;
    return { canary: unknown, fortify: unknown };
  }
  return {
    canary: names.canary
      ? { answer: 'unknown', evidence: `static: the C library itself may be what calls ${CANARY}` }
      : { answer: 'no', evidence: `has no ${CANARY}` },
    fortify: names.checked
      ? {
          answer: 'unknown',
          evidence: 'static: the C library itself may be what calls its checked functions',
        }
      : { answer: 'no', evidence: 'has no checked function' },
  };
}

/** Of .symtab; null when it was stripped. */
function definedNames(elf: ElfFile): { readonly canary: boolean; readonly checked: boolean } | null {
  const table = fullSymbolTable(elf);
  if (table === null) return null;
  let canary = false;
  let checked = false;
  for (const { symbol } of symbolsOf(elf, table)) {
    if (symbol.sectionIndex === SHN_UNDEF) continue;
    canary ||= symbol.name === CANARY;
    checked ||= CHECKED.test(symbol.name);
  }
  return { canary, checked };
}
