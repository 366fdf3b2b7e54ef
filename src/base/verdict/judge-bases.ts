import {
  compareDotted,
  type ElfDefect,
  type ElfFacts,
  type ElfFile,
  foreignSystem,
  importedSymbols,
} from '../../elf/index.ts';
import { interpreterKind } from '../../core/interpreter-kind.ts';
import { appliesRelr, isStaticWithInterpreter, type LibcRelease } from '../../loader/index.ts';
import { listNames } from '../../core/list-names.ts';
import { lackingNeeds, type Need, type NeedKey } from '../../needs/index.ts';
import type { Base, BaseLibrary } from '../known/base.ts';
import { KNOWN_BASES } from '../known/known-bases.ts';
import { parseVersionName } from '../known/library-versions.ts';
import { abisOf, gnuTriple, muslLoader } from '../../core/machine-abis.ts';
import { NAMED_LIMIT, type JudgeRequest, type Verdict } from './verdict.ts';
import { loaderPlace } from './loader-place.ts';
import { architectureOf, type ImageFor, imageFor } from './program-platform.ts';
import { machineNamed } from '../../core/machines.ts';

/** Names that musl's loader answers itself (ldso/dynlink.c, `reserved`), and its own soname on Alpine. */
const MUSL_ITSELF = /^(lib(c|pthread|rt|m|dl|util|xnet)\.|libc\.musl-|ld-musl-)/;
/** The loader's own soname differs from machine to machine, and the tables hold x86-64's. */
const GLIBC_LOADER_NAME = /^(ld-linux|ld64|ld\.so)/;
/** Where distributions have loaders. */
const DISTRIBUTED = /^\/lib(32|64|x32)?\/[^/]+$/;

/** One verdict for each base, in their order: does the program start there, and what would it still miss? */
export function judgeBases(request: JudgeRequest, bases: readonly Base[] = KNOWN_BASES): readonly Verdict[] {
  const doubt = request.elf === undefined ? null : doubtfulImport(request.facts, request.elf);
  return bases.map((base) => judgeBase(request, base, doubt));
}

/** Every verdict is given for the base's image of the program's own machine, and says which that is. */
function judgeBase({ facts, needs }: JudgeRequest, base: Base, doubt: string | null): Verdict {
  const image = imageFor(facts, base);
  const verdict = {
    base: base.name,
    ...(image.platform === null ? {} : { platform: `linux/${image.platform}` }),
  };
  const start = judgeAnywhere(facts) ?? judgeDynamic(facts, base);
  // What runs nowhere has its reason, whatever images there are.
  const onImage = start.runs === 'no' ? start : (judgeImage(facts, base, image) ?? start);
  if (onImage.runs !== 'yes') return { ...verdict, ...onImage };
  if (doubt !== null) return { ...verdict, ...unknown(doubt) };
  return {
    ...verdict,
    runs: 'yes',
    reason: withLacking(
      `${onImage.reason}${imageNote(facts, image)}${cpuNote(facts, base)}`,
      needs,
      base.fulfils,
    ),
  };
}

/** Null where the base has an image that the program goes on. */
function judgeImage(facts: ElfFacts, base: Base, { platform, isOfKernel }: ImageFor): Start | null {
  if (base.platforms === null || (platform !== null && (!isOfKernel || facts.link !== 'dynamic')))
    return null;
  const own = architectureOf(facts);
  const none = `there is no image of ${base.name} for ${own === null ? facts.machine : `linux/${own}`}`;
  return no(
    isOfKernel ? `${none}, and ${facts.interpreter} is not in that for linux/${platform}` : none,
    'build it for a platform of that base, or link statically and put it on scratch',
  );
}

/** The base's own C library ends the start on an older processor, whatever the program is built for. */
function cpuNote({ link, machine }: ElfFacts, { cpuLevel, libc }: Base): string {
  const isMeant = link === 'dynamic' && machine === 'x86_64' && cpuLevel !== undefined && libc !== null;
  return isMeant ? `; its ${libc.name} wants a processor of ${cpuLevel}` : '';
}

/** For a machine whose programs the kernel of another one runs, where the usual image is that of the other. */
function imageNote(facts: ElfFacts, { platform, isOfKernel }: ImageFor): string {
  if (isOfKernel) return `; on the image for linux/${platform}, whose kernel runs it`;
  const isOfTwo = facts.link === 'dynamic' && (platform === '386' || platform?.startsWith('arm/') === true);
  return isOfTwo ? `; on the image for linux/${platform} only` : '';
}

/** A base that starts the program may lack what it wants later. */
export function withLacking(reason: string, needs: readonly Need[], fulfils: readonly NeedKey[]): string {
  const names = [...new Set(lackingNeeds(needs, fulfils).map(({ need }) => need))];
  return names.length === 0 ? reason : `${reason}; lacks what it will want: ${names.join(', ')}`;
}

type Start = Pick<Verdict, 'runs' | 'reason' | 'fix'>;

/** Libraries that keep their old functions for ever; a version of theirs says all. */
const STABLE_LIBRARY = /^(lib(c|m|dl|pthread|rt|util|resolv|anl|mvec|gcc_s|stdc\+\+|gomp)\.so|ld-)/;

/**
 * An import of which the tables of a base cannot show that it is there: a function that a library keeps for its own
 * programs, as ncurses does `_nc_…`, which may go without a change of version; and one without a version where every
 * library that is asked for gives versions to all that it has. Null when the program has none.
 */
function doubtfulImport(facts: ElfFacts, elf: ElfFile): string | null {
  if (facts.link !== 'dynamic') return null;
  const onlyStable = facts.libc === 'glibc' && facts.needed.every((name) => STABLE_LIBRARY.test(name));
  for (const { name, library, weak } of importedSymbols(elf)) {
    if (weak) continue;
    if (library === null) {
      if (onlyStable) return `uses ${name}, which none of its libraries is known to have`;
    } else if (!STABLE_LIBRARY.test(library) && /^_[a-z]/.test(name)) {
      return `uses ${name}, an internal function of ${library}: runs only with the same build of it`;
    }
  }
  return null;
}

/** What holds whatever the base is; null for a dynamic program. */
export function judgeAnywhere(facts: ElfFacts): Start | null {
  if (facts.defect !== null) return judgeDefect(facts.defect);
  const foreign = foreignSystem(facts);
  if (foreign !== null && facts.link !== 'none') {
    const reason = `a program for ${foreign.system} (${foreign.by})`;
    return foreign.sure
      ? no(`${reason}: Linux has other system calls`, 'build it for Linux')
      : unknown(`${reason}, as far as that goes`, 'build it for Linux');
  }
  if (facts.packedBy !== null)
    return unknown(
      `packed by ${facts.packedBy.toUpperCase()}: what is inside cannot be read`,
      `upx -d ${facts.path}`,
    );
  if (facts.link === 'none' || facts.type === 'REL' || facts.type === 'CORE')
    return no('not a program: an object file or a core dump');
  if (facts.link === 'shared')
    return unknown('a shared object without PT_INTERP: not started as a program as a rule');
  if (isStaticWithInterpreter(facts)) {
    return no(
      `a static program that its linker gave an interpreter (${facts.interpreter}): it crashes`,
      'link with -Wl,--no-dynamic-linker',
    );
  }
  if (facts.link === 'dynamic') return null;
  if (facts.libc === 'musl' && facts.irelativeCount > 0) {
    return no(
      'IFUNC relocations, which musl does not apply',
      'build without ifunc attributes, or link with glibc',
    );
  }
  return yes(`${facts.link === 'static-pie' ? 'static (PIE)' : 'static'}: nothing is loaded`);
}

function judgeDefect({ kind, message }: ElfDefect): Start {
  return kind === 'debug-file'
    ? no(`not a program: ${message}`, 'take the program that it was split from')
    : no(`damaged: ${message}`, 'build or copy it again, and compare its sha256');
}

function judgeDynamic(facts: ElfFacts, base: Base): Start {
  const { interpreter, usual, isKnown } = loaderPlace(facts, base);
  if (base.libc === null) {
    return no(
      `no dynamic loader: exec fails with "no such file or directory" (${interpreter})`,
      'ship the closure (loader and libraries), or link statically',
    );
  }
  const wanted = interpreterKind(interpreter);
  if (wanted !== null && wanted !== base.libc.name) {
    return no(
      `linked with ${wanted}, and ${base.name} has ${base.libc.name}: ${interpreter} is not there`,
      `build for ${base.libc.name}, or link statically`,
    );
  }
  if (wanted === null || !DISTRIBUTED.test(usual))
    return no(
      `its loader ${interpreter} is of no distribution's place`,
      'patchelf --set-interpreter, or ship that loader',
    );
  const places = loaderPlaces(wanted, facts.machine);
  if (places.length > 0 && !places.includes(usual)) {
    return no(`its loader is ${interpreter}, and a ${facts.machine} base has ${places.join(' or ')}`);
  }
  const start = judgeLibraries(facts, base, base.libc);
  return start.runs === 'yes' && !isKnown
    ? unknown(`its loader is ${interpreter}, and whether ${base.name} has ${usual} under /usr is not known`)
    : start;
}

/** Where bases for a machine have the loader; none for a machine without a row. */
function loaderPlaces(kind: LibcRelease['name'], machine: string): readonly string[] {
  const abis = abisOf(machineNamed(machine));
  if (kind === 'musl') return abis.map(muslLoader);
  // An ABI without a multiarch tuple has no base.
  return abis.filter((abi) => gnuTriple(abi) !== null).map(({ glibcLoader }) => glibcLoader);
}

function judgeLibraries(facts: ElfFacts, base: Base, libc: NonNullable<Base['libc']>): Start {
  const isItself = libc.name === 'musl' ? MUSL_ITSELF : GLIBC_LOADER_NAME;
  const missing = facts.needed.filter(
    (name) => base.libraries.get(name) === undefined && !isItself.test(name),
  );
  if (missing.length > 0) return judgeMissing(missing, facts, base);
  const versions = missingVersions(facts, base);
  if (versions.length > 0) return judgeVersions(versions, facts, base, libc);
  const relr = judgeRelr(facts, {
    name: libc.name,
    version: libc.version === 'unknown' ? null : libc.version,
    versionNames: base.libraries.get('libc.so.6')?.names ?? [],
  });
  if (relr !== null) return relr;
  if (facts.needsPrivateGlibc)
    return unknown('asks for GLIBC_PRIVATE symbols: runs only with the very same build of glibc');
  const atMost = facts.minimumGlibc === null ? '' : ` (asks for at most GLIBC_${facts.minimumGlibc})`;
  const label = libc.version === 'unknown' ? libc.name : `${libc.name} ${libc.version}`;
  return yes(`${label}${countOf(facts.needed.length)}${atMost}`);
}

function countOf(libraries: number): string {
  if (libraries === 0) return ' is there, and no library is asked for';
  return libraries === 1 ? ' and the one library are there' : ` and all ${libraries} libraries are there`;
}

function judgeMissing(missing: readonly string[], facts: ElfFacts, base: Base): Start {
  const reason = `${listNames(missing, NAMED_LIMIT)} ${missing.length === 1 ? 'is' : 'are'} not in ${base.name}`;
  const searched = [facts.rpath, facts.runpath].filter((path) => path !== null).join(':');
  if (searched !== '') return unknown(`${reason}; the program looks for libraries of its own in ${searched}`);
  if (!base.complete) return unknown(`${reason} as far as its list goes`);
  return no(reason, 'install the packages in the image, ship the closure, or link statically');
}

function judgeVersions(
  versions: readonly string[],
  facts: ElfFacts,
  base: Base,
  libc: NonNullable<Base['libc']>,
): Start {
  const glibc = versions.some((version) => version.startsWith('libc.so.6'));
  const need =
    glibc && facts.minimumGlibc !== null
      ? `needs glibc ${facts.minimumGlibc}, and ${base.name} has ${libc.version}: `
      : '';
  return no(
    `${need}version ${listNames(versions, NAMED_LIMIT)} not found`,
    glibc
      ? `build against glibc ${libc.version} or older, link statically, or take a newer base`
      : 'take a newer base, or link that library statically',
  );
}

/** `libc.so.6: GLIBC_2.38`, for each version that the base's library does not define. */
function missingVersions(facts: ElfFacts, base: Base): readonly string[] {
  return facts.versionNeeds.flatMap(({ library, versions }) => {
    const provided = base.libraries.get(library);
    if (provided === undefined || isUnversioned(provided)) return [];
    return versions
      .filter(({ name, weak }) => !weak && !defines(provided, name))
      .map(({ name }) => `${library}: ${name}`);
  });
}

/** A library without any version definition gives a warning, not an error (dl-version.c, `match_symbol`). */
const isUnversioned = ({ highest, names }: BaseLibrary): boolean =>
  names.length === 0 && Object.keys(highest).length === 0;

function defines({ highest, names }: BaseLibrary, wanted: string): boolean {
  if (names.includes(wanted)) return true;
  const parsed = parseVersionName(wanted);
  const ceiling = parsed === null ? undefined : highest[parsed.family];
  return parsed !== null && ceiling !== undefined && compareDotted(parsed.version, ceiling) <= 0;
}

/** What keeps a program with DT_RELR from running on a C library; null when nothing does. */
export function judgeRelr({ relr }: ElfFacts, libc: LibcRelease): Start | null {
  const applied = relr ? appliesRelr(libc) : true;
  if (applied === true) return null;
  const fix = 'link with -Wl,-z,nopack-relative-relocs';
  return applied === null
    ? unknown(`DT_RELR relocations, which not every ${libc.name} knows, and its version cannot be seen`, fix)
    : no(`DT_RELR relocations, which ${libc.name} ${libc.version} does not know`, fix);
}

const yes = (reason: string): Start => ({ runs: 'yes', reason });
const no = (reason: string, fix?: string): Start => ({
  runs: 'no',
  reason,
  ...(fix === undefined ? {} : { fix }),
});
const unknown = (reason: string, fix?: string): Start => ({
  runs: 'unknown',
  reason,
  ...(fix === undefined ? {} : { fix }),
});
