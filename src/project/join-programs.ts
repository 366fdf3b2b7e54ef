import { basename } from 'node:path';
import { compareBytes } from '../core/compare-bytes.ts';
import { MorselError } from '../core/errors.ts';
import type { CProject, GoProject, Project, RustProject } from './project.ts';

/**
 * One project with several programs, each of which was found by its name: the first stays the first, the others are sorted,
 * so that their order on a command line changes nothing. Error: USAGE where they cannot be in one image.
 */
export function joinPrograms(first: Project, others: readonly Project[]): Project {
  switch (first.kind) {
    case 'binary':
      throw cannotJoin(`${first.path} is an executable already`, 'leave --bin out, or name the project');
    case 'c':
      return joinC(first, others.filter(isOf('c')));
    case 'rust':
      return joinRust(first, others.filter(isOf('rust')));
    case 'go':
      return joinGo(first, others.filter(isOf('go')));
  }
}

const isOf =
  <Kind extends Project['kind']>(kind: Kind) =>
  (project: Project): project is Extract<Project, { kind: Kind }> =>
    project.kind === kind;

function joinC(first: CProject, others: readonly CProject[]): CProject {
  if (first.buildSystem === 'single')
    throw cannotJoin(
      `${first.directory} has no build files, and each of its sources is a program of its own`,
      'write a Makefile or a CMakeLists.txt that makes both, or build an image of each',
    );
  const programs = distinct(
    first,
    others,
    ({ binary }) => binary ?? '',
    ({ binary }) => binary?.replace(/^\.\//, '') ?? null,
  );
  return { ...first, otherPrograms: programs.flatMap(({ binary }) => binary ?? []) };
}

function joinRust(first: RustProject, others: readonly RustProject[]): RustProject {
  const foreign = others.find(({ workspaceRoot }) => workspaceRoot !== first.workspaceRoot);
  if (foreign !== undefined)
    throw cannotJoin(
      `${first.binary} and ${foreign.binary} are of two workspaces: ${first.workspaceRoot} and ${foreign.workspaceRoot}`,
      'build an image of each',
    );
  const programs = distinct(
    first,
    others,
    ({ binary }) => binary,
    (one) => `${one.package} ${one.binary}`,
  );
  return {
    ...first,
    otherPrograms: programs.map(({ package: owner, binary, features }) => ({
      package: owner,
      binary,
      features,
    })),
  };
}

function joinGo(first: GoProject, others: readonly GoProject[]): GoProject {
  const foreign = others.find(({ directory }) => directory !== first.directory);
  if (foreign !== undefined)
    throw cannotJoin(
      `${first.binary} and ${foreign.binary} are of two modules: ${first.module} and ${foreign.module}`,
      'build an image of each',
    );
  const programs = distinct(
    first,
    others,
    ({ binary }) => binary,
    (one) => one.package,
  );
  const cgoPackages = [...new Set([first, ...programs].flatMap((one) => one.cgoPackages))].toSorted();
  return {
    ...first,
    otherPrograms: programs.map(({ package: path, binary }) => ({ package: path, binary })),
    usesCgo: [first, ...programs].some(({ usesCgo }) => usesCgo),
    cgoPackages,
    // Asked for all of them together: the first alone may lose nothing.
    cgoLoss: cgoPackages.length > 0 ? { how: 'unknown', packages: cgoPackages } : null,
  };
}

/** Those beside the first, each once, sorted by name. Error: USAGE where two have one name. */
function distinct<P extends Project>(
  first: P,
  others: readonly P[],
  nameOf: (project: P) => string,
  identityOf: (project: P) => string | null,
): readonly P[] {
  const byIdentity = new Map([first, ...others].map((project) => [identityOf(project), project]));
  const byName = new Map<string, P>();
  for (const project of byIdentity.values()) {
    const name = basename(nameOf(project));
    if (byName.has(name))
      throw cannotJoin(
        `two programs of one image would be called ${name}`,
        'put them into two images: choose one of them with --bin',
      );
    byName.set(name, project);
  }
  return [...byName.values()].slice(1).toSorted((a, b) => compareBytes(nameOf(a), nameOf(b)));
}

function cannotJoin(message: string, hint: string): MorselError {
  return new MorselError('USAGE', message, { hint });
}
