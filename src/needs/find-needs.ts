import { listNames } from '../core/list-names.ts';
import { compareDotted } from '../elf/index.ts';
import type { ElfFacts, ElfLinkage } from '../elf/facts.ts';
import { type NeedSubject, SubjectEvidence } from './evidence.ts';
import { NEED_FAMILIES, type NeedKey } from './families/index.ts';
import type { Need } from './need.ts';
import type { NeedFamily } from './need-family.ts';
import { isDynamic, isStatic } from './program-kinds.ts';
import { isRuntimeLibrary, libraryName } from './runtime-library.ts';
import type { Decision, FoundEvidence, NeedContext, NeedLevel, NeedText, Signature } from './signature.ts';

export interface FindNeedsRequest extends NeedSubject {
  /** The libraries that a dynamic program loads, all of them; their imports make a need `possible`. */
  readonly libraries?: readonly NeedSubject[];
  /** Environment of the run where it is known: TZ, LANG and TERM turn a question into a need. */
  readonly env?: Readonly<Record<string, string>>;
  /** Needs that the user asks for, each with how: `--with tmp`. */
  readonly asked?: AskedNeeds;
}

/** Needs that the user asks for, each with how: `--with tmp`. */
export type AskedNeeds = ReadonlyMap<NeedKey, string>;

const FAMILIES: readonly NeedFamily<NeedKey>[] = NEED_FAMILIES;

/** How many names or objects one evidence quotes. */
const QUOTED_NAMES = 3;

const RANK: Readonly<Record<NeedLevel, number>> = { possible: 0, likely: 1, certain: 2 };

/** What the program will want at run time beside its libraries, strongest first. Pure: only bytes are read. */
export function findNeeds(request: FindNeedsRequest): readonly Need[] {
  const program = new SubjectEvidence(request);
  const libraries = (request.libraries ?? [])
    .map((subject) => new SubjectEvidence(subject))
    .filter(({ linkage }) => !isRuntimeLibrary(linkage));
  const { facts } = program;
  program.lookFor(namesWanted(facts, 'string'));
  program.lookForGoFunctions([
    ...namesWanted(facts, 'go-function'),
    ...FAMILIES.flatMap(({ asksGo = [] }) => asksGo),
  ]);
  const context = makeContext({ ...request, facts }, program, libraries);
  return FAMILIES.flatMap((family) => {
    const found = needOf(family, program, libraries, context);
    const how = request.asked?.get(family.need);
    return (how === undefined ? found : askedNeed(family, how, found, context)) ?? [];
  }).sort(byLevel);
}

function byLevel(a: Need, b: Need): number {
  return RANK[b.level] - RANK[a.level] || (a.need < b.need ? -1 : a.need > b.need ? 1 : 0);
}

/** Names of the signatures that apply to this program, so that they are looked for in one pass. */
function namesWanted(facts: ElfFacts, find: Signature['find']): readonly string[] {
  return FAMILIES.flatMap((family) => family.signatures)
    .filter((signature) => signature.find === find && (signature.when?.(facts) ?? true))
    .flatMap(textsOf);
}

const textsOf = ({ anyOf, with: also = [], without = [] }: Signature): readonly string[] => [
  ...anyOf,
  ...also,
  ...without,
];

function needOf(
  family: NeedFamily<NeedKey>,
  program: SubjectEvidence,
  libraries: readonly SubjectEvidence[],
  context: NeedContext,
): Need | null {
  const judged = family.judge?.({ program, libraries }) ?? null;
  if (judged !== null) return needFrom(family, judged, judged.evidence ?? '', context);
  const found = strongest(
    family.signatures.flatMap((signature) => findSignature(signature, program, libraries)),
  );
  if (found === null) return null;
  if (family.asks !== undefined) program.lookFor(family.asks);
  const decision = family.decide === undefined ? { level: found.level } : family.decide(found, context);
  if (decision === null) return null;
  return needFrom(family, decision, decision.evidence ?? found.evidence, context);
}

/** What is known of it by the bytes stays known. */
function askedNeed(family: NeedFamily<NeedKey>, how: string, found: Need | null, context: NeedContext): Need {
  const asked = { level: 'certain', isAsked: true } as const;
  if (found !== null) return { ...found, ...asked, evidence: `${how}; ${found.evidence}` };
  const decision = family.decide?.({ level: 'certain', evidence: how }, context);
  return { ...needFrom(family, { ...decision, level: 'certain' }, how, context), ...asked };
}

function needFrom(
  family: NeedFamily<NeedKey>,
  { level, sizeBytes = family.sizeBytes, details, libraries }: Decision,
  evidence: string,
  context: NeedContext,
): Need {
  return {
    need: family.need,
    level,
    evidence,
    failure: textOf(family.failure, context),
    fix: textOf(family.fix, context),
    ...(sizeBytes !== undefined && { sizeBytes }),
    ...(details !== undefined && { details }),
    ...(libraries !== undefined && { libraries }),
  };
}

const textOf = (text: NeedText, context: NeedContext): string =>
  typeof text === 'string' ? text : text(context);

/** The highest level wins; evidence of that level from several signatures is quoted together. */
function strongest(found: readonly FoundEvidence[]): FoundEvidence | null {
  const best = found.reduce<NeedLevel | null>(
    (level, one) => (level === null || RANK[one.level] > RANK[level] ? one.level : level),
    null,
  );
  if (best === null) return null;
  const evidence = [...new Set(found.filter(({ level }) => level === best).map((one) => one.evidence))];
  return { level: best, evidence: evidence.join('; ') };
}

function findSignature(
  signature: Signature,
  program: SubjectEvidence,
  libraries: readonly SubjectEvidence[],
): readonly FoundEvidence[] {
  const names = namesFound(signature, program);
  if (names.length > 0)
    return [{ level: signature.level, evidence: `${quote(signature, names)} (${program.linkage.path})` }];
  const { inLibraries } = signature;
  const countsInLibraries = inLibraries !== 'no' && (inLibraries !== undefined || isSymbolic(signature));
  if (!countsInLibraries) return [];
  const hits = libraries
    .filter(({ linkage }) => inLibraries === undefined || inLibraries.test(libraryName(linkage)))
    .map((library) => ({ library, names: namesFound(signature, library) }))
    .filter((hit) => hit.names.length > 0);
  const first = hits[0];
  if (first === undefined) return [];
  const objects = hits.map(({ library }) => libraryName(library.linkage));
  const level = inLibraries === undefined ? 'possible' : signature.level;
  return [{ level, evidence: `${quote(signature, first.names)} (${listNames(objects, QUOTED_NAMES)})` }];
}

const isSymbolic = ({ find }: Signature): boolean => find === 'symbol' || find === 'import';

function namesFound(signature: Signature, subject: SubjectEvidence): readonly string[] {
  const { linkage } = subject;
  const applies = (): boolean => signature.when?.(subject.facts) ?? true;
  // All facts of a library cost more than its symbols or a pass over its constants.
  const asksFirst = isSymbolic(signature) || linkage.link === 'shared';
  if (!asksFirst && !applies()) return [];
  if (signature.find === 'import' && !isDynamic(linkage)) return [];
  if (signature.find === 'string' && signature.inLibraries === undefined && linkage.link === 'shared')
    return [];
  // One pass for all of them.
  if (signature.find === 'string') subject.lookFor(textsOf(signature));
  const has = (name: string): boolean => subjectHas(subject, signature, name);
  const names = signature.anyOf.filter(has);
  if (names.length === 0 || (asksFirst && !applies())) return [];
  if (signature.with !== undefined && !signature.with.every(has)) return [];
  if (signature.without?.some(has) === true) return [];
  return names;
}

function subjectHas(subject: SubjectEvidence, { find }: Signature, name: string): boolean {
  switch (find) {
    case 'symbol':
    case 'import':
      return subject.hasSymbol(name);
    case 'string':
      return subject.hasText(name);
    case 'go-function':
      return subject.hasGoFunction(name);
    case 'payload':
      return subject.facts.payload?.kind === name;
  }
}

function quote({ find }: Signature, names: readonly string[]): string {
  const shown = names.slice(0, QUOTED_NAMES);
  const more = names.length > QUOTED_NAMES ? ' …' : '';
  switch (find) {
    case 'symbol':
    case 'import':
      return `uses ${shown.join(', ')}${more}`;
    case 'string':
      return `holds ${shown.map((text) => JSON.stringify(text.replaceAll('\0', ''))).join(', ')}${more}`;
    case 'go-function':
      return `links ${shown.join(', ')}${more}`;
    case 'payload':
      return `carries ${shown.join(', ')}`;
  }
}

function makeContext(
  request: FindNeedsRequest,
  program: SubjectEvidence,
  libraries: readonly SubjectEvidence[],
): NeedContext {
  const matching = (pattern: RegExp | undefined): readonly SubjectEvidence[] =>
    pattern === undefined
      ? [program]
      : [program, ...libraries.filter(({ linkage }) => pattern.test(libraryName(linkage)))];
  const loaded = new Set((request.libraries ?? []).map((subject) => libraryName(linkageOf(subject))));
  return {
    program: request.facts,
    env: request.env ?? {},
    loaded: isStatic(request.facts) || loaded.size > 0 ? loaded : new Set(request.facts.needed),
    get closureGlibc() {
      return glibcOf(request.libraries ?? []);
    },
    hasString: (text, pattern) => matching(pattern).some((subject) => subject.hasText(text)),
    hasSymbol: (name) => program.hasSymbol(name),
    hasGoFunction: (name) => program.hasGoFunction(name),
    textsFrom: (mark) => program.textsFrom(mark),
    pathBefore: (suffix) => program.pathBefore(suffix),
    quotedAfter(prefix, pattern) {
      for (const subject of matching(pattern)) {
        const text = subject.quotedAfter(prefix);
        if (text !== null) return text;
      }
      return null;
    },
  };
}

const linkageOf = (subject: NeedSubject): ElfLinkage => subject.linkage ?? subject.facts;

function glibcOf(libraries: readonly NeedSubject[]): string | null {
  const libc = libraries.find((subject) => linkageOf(subject).soname === 'libc.so.6');
  const versions = (libc?.facts.versionDefinitions ?? []).flatMap(
    (name) => /^GLIBC_(\d+(?:\.\d+)+)$/.exec(name)?.[1] ?? [],
  );
  return versions.sort(compareDotted).at(-1) ?? null;
}
