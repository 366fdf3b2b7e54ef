import { join } from 'node:path';
import { goModuleCache, goSettingsFile } from '../../project/index.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Settings of compilers and build tools. Everything else of the environment may be a secret. */
const PASSED =
  /^(PATH|LANG|LANGUAGE|LC_\w+|TZ|TERM|SOURCE_DATE_EPOCH|RUST\w*|CARGO_\w+|GO[A-Z0-9]+|CGO_\w+|PKG_CONFIG_\w+|(CC|CXX|AR|CFLAGS|CXXFLAGS)_\w+)$/;
const SECRET = /TOKEN|SECRET|PASSWORD|CREDENTIAL|_KEY|GOAUTH|GOPROXY|NETRC/;

export interface SandboxFolders {
  readonly temporaryDirectory: string;
  readonly cacheDirectory: string;
  /** What the project's language wants to be told. */
  readonly own: Environment;
}

/** What a sandboxed build finds in its environment: nothing is fetched, and no cache is anyone else's. Pure. */
export function sandboxEnvironment(env: Environment, folders: SandboxFolders): Environment {
  const { temporaryDirectory, cacheDirectory, own } = folders;
  const passed = Object.entries(env).filter(([name]) => PASSED.test(name) && !SECRET.test(name));
  return {
    ...Object.fromEntries(passed),
    HOME: temporaryDirectory,
    TMPDIR: temporaryDirectory,
    ...own,
    CARGO_NET_OFFLINE: 'true',
    GOCACHE: join(cacheDirectory, 'go'),
    GOMODCACHE: goModuleCache(env),
    GOENV: goSettingsFile(env),
    GOPROXY: 'off',
    GOTOOLCHAIN: 'local',
    ZIG_GLOBAL_CACHE_DIR: join(cacheDirectory, 'zig'),
    ZIG_LOCAL_CACHE_DIR: join(cacheDirectory, 'zig-local'),
  };
}
