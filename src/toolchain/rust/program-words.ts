import type { RustProgram, RustProject } from '../../project/project.ts';

/** Those of one `cargo build`; the first is the project's own. */
export function programsOf(project: RustProject): readonly [RustProgram, ...RustProgram[]] {
  return [project, ...project.otherPrograms];
}

/** `--package a --package b --bin x --bin y`: cargo takes each binary from whichever of the packages has it. */
export function programWords(project: RustProject): readonly string[] {
  return [
    ...packagesOf(project).flatMap((name) => ['--package', name]),
    ...programsOf(project).flatMap(({ binary }) => ['--bin', binary]),
  ];
}

/** What the programs ask for themselves; with several packages each feature under the name of its own. */
export function programFeatures(project: RustProject): readonly string[] {
  const isOne = packagesOf(project).length === 1;
  return programsOf(project).flatMap(({ package: owner, features }) =>
    features.map((name) => (isOne || name.includes('/') ? name : `${owner}/${name}`)),
  );
}

function packagesOf(project: RustProject): readonly string[] {
  return [...new Set(programsOf(project).map((program) => program.package))];
}
