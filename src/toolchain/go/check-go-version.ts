import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MorselError } from '../../core/errors.ts';
import { hostArchitecture } from '../../core/machines.ts';
import { goModuleCache } from '../../project/index.ts';
import type { GoProject } from '../../project/project.ts';
import { askTool } from '../find/ask-tool.ts';
import type { Tool } from '../find/tools.ts';
import type { CompleteProjectOptions } from '../language.ts';

/** A Go that a project asks for and that is not here. */
export interface FetchedGo {
  readonly wanted: string;
  readonly here: string;
}

/**
 * Says what the go command will do where go.mod asks for a newer Go than is here ("Go Toolchains", go.dev/doc/toolchain):
 * it fetches that one unless GOTOOLCHAIN forbids it. The one that it will fetch, or null. Errors: TOOLCHAIN_MISSING
 * where it may not; INTERRUPTED.
 */
export async function checkGoVersion(
  { wantedGo }: GoProject,
  go: Tool,
  options: CompleteProjectOptions,
): Promise<FetchedGo | null> {
  const here = go.version;
  // Go 1.21 is the first that knows of toolchains; an older one tries to compile whatever go.mod says.
  if (here === null || isOlder(here, '1.21')) return null;
  const lines = [wantedGo.minimum, wantedGo.toolchain].filter((line) => line !== null);
  if (!lines.some((line) => isOlder(here, line))) return null;
  const { toolchain, proxy } = await settingsOf(go, options);
  const isRequired = wantedGo.minimum !== null && isOlder(here, wantedGo.minimum);
  const mayFetch = /(^|\+)auto$/.test(toolchain);
  // A fixed one (GOTOOLCHAIN=go1.25.0) is the user's word; `path` looks in PATH.
  if (!mayFetch && toolchain !== 'local') return null;
  const wanted = mayFetch ? newest(lines) : (wantedGo.minimum ?? here);
  if (!mayFetch) {
    if (!isRequired) return null;
    throw missing({ wanted, here }, `GOTOOLCHAIN=${toolchain} keeps the go command from fetching it`, [
      `install Go ${wanted}`,
      'let the go command fetch it: GOTOOLCHAIN=auto morsel build',
    ]);
  }
  if (isFetched(wanted, options)) return null;
  if (proxy === 'off' || options.offline === true)
    throw missing({ wanted, here }, 'it may not be fetched now', [`install Go ${wanted}`, FETCH_HINT]);
  options.onEvent?.({
    kind: 'notice',
    message: `go.mod asks for Go ${wanted}, and here is ${here}: the go command downloads it (GOTOOLCHAIN=${toolchain})`,
    hint: 'GOTOOLCHAIN=local keeps it from that',
  });
  return { wanted, here };
}

const FETCH_HINT = 'build it once where the network is: go build';

/** Error: TOOLCHAIN_MISSING where the go command's words say that it could not fetch a toolchain. */
export function refuseFailedDownload(fetched: FetchedGo, stderr: string): void {
  if (!/download go\d|toolchain not available|golang\.org\/toolchain/.test(stderr)) return;
  throw missing(fetched, 'it could not be fetched', [`install Go ${fetched.wanted}`, FETCH_HINT]);
}

function missing({ wanted, here }: FetchedGo, why: string, hints: readonly string[]): MorselError {
  return new MorselError('TOOLCHAIN_MISSING', `go.mod asks for Go ${wanted}, and here is ${here}: ${why}`, {
    hint: hints.join(', or '),
  });
}

/** `go env` knows of what `go env -w` wrote and of the distribution's go.env; at `/` it sees no go.mod. */
async function settingsOf(
  go: Tool,
  options: CompleteProjectOptions,
): Promise<{ readonly toolchain: string; readonly proxy: string }> {
  const asking = { env: options.env ?? process.env, signal: options.signal, cwd: '/' };
  const [toolchain = '', proxy = ''] = (
    (await askTool(go, ['env', 'GOTOOLCHAIN', 'GOPROXY'], asking)) ?? ''
  ).split('\n');
  return { toolchain, proxy };
}

function isFetched(version: string, options: CompleteProjectOptions): boolean {
  const name = `toolchain@v0.0.1-go${version}.linux-${hostArchitecture()}`;
  return existsSync(join(goModuleCache(options.env ?? process.env), 'golang.org', name));
}

function newest(versions: readonly string[]): string {
  return versions.reduce((best, version) => (isOlder(best, version) ? version : best));
}

/** `1.26.8` and `1.27`: numbers; `1.27rc1` comes before 1.27. */
export function isOlder(version: string, than: string): boolean {
  const [a, b] = [numbersOf(version), numbersOf(than)];
  for (let index = 0; index < a.length; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

const PRERELEASES = ['beta', 'rc'];

/** Major, minor, kind of prerelease (the release is the last), patch or number of it. */
function numbersOf(version: string): readonly number[] {
  const match = /^(\d+)\.(\d+)(?:(beta|rc)(\d+)|\.(\d+))?/.exec(version);
  const kind = match?.[3] === undefined ? PRERELEASES.length : PRERELEASES.indexOf(match[3]);
  return [match?.[1], match?.[2], kind, match?.[4] ?? match?.[5]].map((part) => Number(part ?? 0));
}
