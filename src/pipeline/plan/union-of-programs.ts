import { MorselError } from '../../core/errors.ts';
import type { Need } from '../../needs/index.ts';
import { type LayerEntry, mergeEntries } from '../../rootfs/index.ts';
import type { LibraryEntries } from './closure-of-program.ts';
import type { ProgramPart } from './plan-program.ts';

/** Times that one program's libraries may make another's move. */
const ROUNDS = 4;

/**
 * The libraries of all programs, laid out so that each loader finds its own among those of the others: what one brings may
 * lie where another looks earlier. Error: WONT_RUN where there is no such layout.
 */
export function layOutLibraries(parts: readonly ProgramPart[]): LibraryEntries {
  let laid: readonly LibraryEntries[] = parts.map(() => ({ entries: [], files: [], findings: [] }));
  for (let round = 0; round < ROUNDS; round++) {
    const next = [...laid];
    for (const [index, part] of parts.entries()) {
      const others = next.flatMap(({ entries }, other) => (other === index ? [] : entries));
      next[index] = part.libraries(others);
    }
    const isStable = next.length === 1 || pathsOf(next) === pathsOf(laid);
    laid = next;
    if (isStable) return unionOfLibraries(laid, parts);
  }
  throw cannotJoin(parts, 'each finds those of the others');
}

function cannotJoin(parts: readonly ProgramPart[], why: string): MorselError {
  const names = parts.map(({ material }) => material.file.path).join(', ');
  return new MorselError('WONT_RUN', `the libraries of ${names} cannot lie in one image: ${why}`, {
    hint: 'build an image for each of them: --bin once',
  });
}

const pathsOf = (laid: readonly LibraryEntries[]): string =>
  JSON.stringify(laid.map(({ entries }) => entries.map(({ path }) => path)));

/** Each path once. */
function unionOfLibraries(laid: readonly LibraryEntries[], parts: readonly ProgramPart[]): LibraryEntries {
  return {
    entries: mergedEntries(laid, parts),
    files: [...new Set(laid.flatMap(({ files }) => files))],
    findings: laid.flatMap(({ findings }) => findings),
  };
}

function mergedEntries(
  laid: readonly LibraryEntries[],
  parts: readonly ProgramPart[],
): readonly LayerEntry[] {
  try {
    return mergeEntries(laid.flatMap(({ entries }) => entries));
  } catch (error) {
    if (!(error instanceof MorselError) || error.code !== 'USAGE') throw error;
    throw cannotJoin(parts, error.message);
  }
}

const LEVELS: Readonly<Record<Need['level'], number>> = { possible: 0, likely: 1, certain: 2 };

/** Each need once, as sure as for the program that shows it best, with the evidence of all that want it. */
export function unionOfNeeds(all: readonly (readonly Need[])[]): readonly Need[] {
  const byName = new Map<Need['need'], Need>();
  for (const need of all.flat()) {
    const before = byName.get(need.need);
    byName.set(need.need, before === undefined ? need : joined(before, need));
  }
  return [...byName.values()];
}

function joined(first: Need, second: Need): Need {
  const surer = LEVELS[second.level] > LEVELS[first.level] ? second : first;
  const evidence = [...new Set([first.evidence, second.evidence])].join('; ');
  return { ...surer, evidence };
}
