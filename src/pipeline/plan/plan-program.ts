import type { Finding } from '../../core/finding.ts';
import {
  type HintedPath,
  isFulfilledByPaths,
  type Need,
  type NeedSupply,
  supplyNeeds,
} from '../../needs/index.ts';
import type { FileTree, LayerEntry } from '../../rootfs/index.ts';
import type { Placement } from '../candidates/candidate.ts';
import type { BuildRequest } from '../request/build-request.ts';
import type { Lacking } from './lacking.ts';
import type { LibraryEntries } from './closure-of-program.ts';
import { CURED_BY_INIT } from './plan-companions.ts';
import { userOf } from './plan-config.ts';
import type { PlanMaterial, ProgramMaterial } from './read-material.ts';

/** What one program of an image needs, and what supplies it. */
export interface ProgramPart {
  readonly material: ProgramMaterial;
  /** All names of its file on this machine. */
  readonly names: readonly string[];
  readonly needs: readonly Need[];
  /** What it names of this machine. */
  readonly hints: readonly HintedPath[];
  /** What the image's environment is to have for it. */
  readonly env: Readonly<Record<string, string>>;
  /** Files for its needs. */
  readonly supplied: readonly LayerEntry[];
  /** Needs that are not supplied, and what is said of each. */
  readonly unmet: Lacking['needs'];
  /** As `ProgramMaterial.libraries`, with those that its needs name. */
  libraries(others: readonly LayerEntry[]): LibraryEntries;
}

const NO_LIBRARIES: LibraryEntries = { entries: [], files: [], findings: [] };

/** Decides for one program. In an image of several each reason says for which. */
export function planProgram(
  request: BuildRequest,
  { programs, added, tree }: PlanMaterial,
  material: ProgramMaterial,
  placement: Placement,
  env: Readonly<Record<string, string>>,
): ProgramPart {
  const { isDynamic, file } = material;
  const { asked, leftOut } = request.needs;
  const needs = placement.kind === 'bare' ? [] : material.needs(env, asked);
  const supply = supplyNeeds(
    needs.filter(({ need }) => !leftOut.includes(need)),
    {
      host: tree,
      env,
      user: userOf(request.run),
      dynamic: isDynamic,
      authorities: request.authorities.map(({ pem }) => pem),
    },
  );
  const names = namesOf(material, tree);
  const inImage = namedAsInImage(names, file.path);
  const said = (reason: string): string =>
    programs.length === 1 || reason.includes(file.path) ? reason : `${reason}, for ${file.path}`;
  const withReason = (entry: LayerEntry): LayerEntry => ({ ...entry, reason: said(inImage(entry.reason)) });
  const wanted = supply.libraries.map((library) => ({ ...library, reason: inImage(library.reason) }));
  // A program that loads nothing is not told what is added for those that do.
  const loadsNothing = !isDynamic && programs.some((other) => other.isDynamic);
  return {
    material,
    names,
    needs: needs.map((need) => ({ ...need, evidence: said(inImage(need.evidence)) })),
    hints: placement.kind === 'scratch' ? material.hints(needs) : [],
    env: supply.env,
    supplied: supply.entries.map(withReason),
    unmet: supply.findings
      .filter(
        (finding) =>
          !isAdded(finding, needs, added) && !(request.run.init && CURED_BY_INIT.has(finding.need)),
      )
      .map((finding) => ({ need: finding.need, finding: supplyFinding(finding, inImage) })),
    libraries: (others) => {
      if (loadsNothing) return NO_LIBRARIES;
      const { entries, ...found } = material.libraries(wanted, others);
      return { ...found, entries: entries.map((entry) => ({ ...entry, reason: said(entry.reason) })) };
    },
  };
}

/** Evidence quotes files of this machine; the report speaks of the image, and reads the same on every machine. */
function namedAsInImage(given: readonly string[], path: string): (text: string) => string {
  const names = given.map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  const pattern = new RegExp(names.join('|'), 'g');
  return (text) => text.replace(pattern, () => path);
}

/** The longest first, and each place once: `/usr/bin/app` has `/bin/app` in it, where /bin is a link. */
function namesOf({ program }: ProgramMaterial, tree: FileTree): readonly string[] {
  const given = [program.path, program.linkedPath];
  const real = given.flatMap((name) => [tree.resolve(name)?.path ?? [], tree.hostPath?.(name) ?? []]).flat();
  return [...new Set([...real, ...given])].sort((a, b) => b.length - a.length);
}

function supplyFinding(
  { message, hint }: NeedSupply['findings'][number],
  inImage: (text: string) => string,
): Finding {
  return { level: 'warning', message: inImage(message), hint: inImage(hint) };
}

/** What the user adds is not missing: a shell, or a driver's libraries. */
function isAdded(
  { need: name }: NeedSupply['findings'][number],
  needs: readonly Need[],
  added: readonly LayerEntry[],
): boolean {
  const paths = added.map(({ path }) => path);
  if (isFulfilledByPaths(name, paths)) return true;
  const libraries = needs.find(({ need }) => need === name)?.details?.['libraries']?.split(' ') ?? [];
  const isThere = (library: string): boolean => paths.some((path) => path.endsWith(`/${library}`));
  return libraries.length > 0 && libraries.every(isThere);
}
