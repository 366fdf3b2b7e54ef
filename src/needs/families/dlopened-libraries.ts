import type { DlopenNote } from '../../elf/index.ts';
import { listNames } from '../../core/list-names.ts';
import { isDriverLibrary } from '../../loader/index.ts';
import { needFamily, type ObjectEvidence, type Subjects } from '../need-family.ts';
import { isDynamic } from '../program-kinds.ts';
import type { Decision } from '../signature.ts';
import { reasonOf, type Supplier } from '../supply.ts';
import type { WantedLibrary } from '../wanted-library.ts';

/** Of a text: Python, node and SDL name some twenty. */
const NAMED_LIMIT = 64;
const QUOTED = 4;

/** `libfoo.so.1`, whole; a name without a number is that of a developer's link, or of a plugin. */
const VERSIONED = /^lib[\w.+-]+\.so(?:\.\d+)+$/;

function byNotes(subject: ObjectEvidence): readonly WantedLibrary[] {
  const { path } = subject.linkage;
  return subject.dlopenNotes().map(({ sonames, priority, feature }: DlopenNote) => ({
    names: sonames,
    openedBy: path,
    priority: priority === 'suggested' ? 'optional' : priority,
    evidence: `.note.dlopen of ${path} (${feature === null ? '' : `${feature}, `}${priority})`,
  }));
}

/** A literal beside dlopen: the program's own is what it opens; a library has them for all that use it. */
function byLiterals(subject: ObjectEvidence, isProgram: boolean): readonly WantedLibrary[] {
  if (!subject.hasSymbol('dlopen') && !subject.hasSymbol('dlmopen')) return [];
  const names = subject.literals('.so.').filter((text) => VERSIONED.test(text));
  return [...new Set(names)].slice(0, NAMED_LIMIT).map((name) => ({
    names: [name],
    openedBy: subject.linkage.path,
    // What a stub before an archive names is not what its application uses.
    priority: isProgram && subject.facts.payload === null ? 'recommended' : 'optional',
    evidence: `"${name}" beside dlopen in ${subject.linkage.path}`,
  }));
}

function judge({ program, libraries }: Subjects): Decision | null {
  if (!isDynamic(program.linkage)) return null;
  const loaded = new Set(
    [program, ...libraries].flatMap(({ linkage: { soname, needed } }) => [soname ?? '', ...needed]),
  );
  const all = [program, ...libraries].flatMap((subject) => [
    ...byNotes(subject),
    ...byLiterals(subject, subject === program),
  ]);
  const wanted = unique(all).filter(
    ({ names }) => !names.some((name) => loaded.has(name) || isDriverLibrary(name)),
  );
  if (wanted.length === 0) return null;
  const strong = wanted.filter(({ priority }) => priority !== 'optional');
  const shown = strong.length > 0 ? strong : wanted;
  const [first] = shown;
  const names = listNames(
    shown.map((one) => one.names[0] ?? ''),
    QUOTED,
  );
  return {
    level: strong.length > 0 ? 'likely' : 'possible',
    evidence: `opens ${names}: ${first?.evidence ?? ''}${shown.length > 1 ? ' …' : ''}`,
    libraries: wanted,
  };
}

/** The first word on a library counts: notes stand before literals, the program before its libraries. */
function unique(wanted: readonly WantedLibrary[]): readonly WantedLibrary[] {
  const seen = new Set<string>();
  return wanted.filter(({ names }) => {
    const isNew = !names.some((name) => seen.has(name));
    for (const name of names) seen.add(name);
    return isNew;
  });
}

const supply: Supplier = (need, { dynamic }) =>
  dynamic
    ? {
        libraries: (need.libraries ?? [])
          .filter(({ priority }) => priority !== 'optional')
          .map(({ names: [name = '', ...otherNames], openedBy, priority, evidence }) => ({
            name,
            reason: reasonOf({ need: need.need, evidence: `opened by itself: ${evidence}` }),
            otherNames,
            openedBy,
            isRequired: priority === 'required',
          })),
      }
    : null;

/** Libraries that a program opens by itself and names: in a note for whoever packs it, or as a literal. */
export const dlopenedLibraries = needFamily({
  need: 'dlopened-libraries',
  signatures: [],
  judge,
  judges: 'a `.note.dlopen`, or the literal `lib….so.N` beside `dlopen`',
  brings: 'what a note requires or recommends and what the program itself names, with their libraries',
  failure: 'cannot open shared object file: a library that no DT_NEEDED names is not in the image',
  fix: 'what a note requires or recommends, and what the program itself names, is packed; for the others: --add FILE:FILE',
  supply,
  lackIs: 'missing-library',
});
