import { readFileStart } from '../../project/index.ts';
import type { GoProject } from '../../project/project.ts';
import type { Tool, Tools } from '../find/tools.ts';
import type { CompleteProjectOptions } from '../language.ts';
import { checkGoVersion, refuseFailedDownload } from './check-go-version.ts';
import { type GoListing, listGoPackages } from './list-packages.ts';
import { compareWithoutCgo } from './without-cgo.ts';

/** Generated tables are larger, and say nothing about C code. */
const SOURCE_LIMIT_BYTES = 1024 * 1024;

/**
 * What only the go command can tell: which packages with C code the programs really link, in modules that detection
 * could not see as they were not downloaded yet, and what it would lose without them. Where the command is not there or
 * fails, the project stays as it is. Errors: INTERRUPTED; TOOLCHAIN_MISSING where go.mod asks for another Go, which this
 * machine may not or cannot fetch.
 */
export async function completeGoProject(
  project: GoProject,
  tools: Tools,
  options: CompleteProjectOptions,
): Promise<GoProject> {
  const env = options.env ?? process.env;
  const { go } = tools.go;
  if (go === null) return project;
  const fetched = await checkGoVersion(project, go, options);
  if (env['CGO_ENABLED'] === '0') return project;
  const withCgo = await listGoPackages(project, go, true, options);
  if (withCgo.kind === 'failed') {
    if (fetched !== null) refuseFailedDownload(fetched, withCgo.stderr);
    return project;
  }
  const cgoPackages = [...withCgo.packages.values()].filter(({ cgoFiles }) => cgoFiles.length > 0);
  const paths = cgoPackages.map(({ path }) => path).toSorted();
  const known = { ...project, usesCgo: paths.length > 0, cgoPackages: paths };
  return paths.length === 0 ? { ...known, cgoLoss: null } : compare(known, go, withCgo, options);
}

async function compare(
  project: GoProject,
  go: Tool,
  withCgo: GoListing & { kind: 'packages' },
  options: CompleteProjectOptions,
): Promise<GoProject> {
  const withoutCgo = await listGoPackages(project, go, false, options);
  if (withoutCgo.kind === 'failed')
    return { ...project, cgoLoss: { how: 'unknown', packages: project.cgoPackages } };
  const { loss, replaced } = compareWithoutCgo(withCgo.packages, withoutCgo.packages, (path) =>
    readFileStart(path, SOURCE_LIMIT_BYTES),
  );
  return { ...project, cgoLoss: loss, cgoReplaced: replaced };
}
