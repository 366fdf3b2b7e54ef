import { join } from 'node:path';
import { goModuleCache } from './sandbox-places.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Settings of compilers and build tools. Everything else of the environment may be a secret. */
const PASSED =
  /^(PATH|LANG|LANGUAGE|LC_\w+|TZ|TERM|SOURCE_DATE_EPOCH|RUST\w*|CARGO_\w+|GO[A-Z0-9]+|CGO_\w+|PKG_CONFIG_\w+|(CC|CXX|AR|CFLAGS|CXXFLAGS)_\w+)$/;
const SECRET = /TOKEN|SECRET|PASSWORD|CREDENTIAL|_KEY|GOAUTH|GOPROXY|NETRC/;

export interface SandboxFolders {
  readonly temporaryDirectory: string;
  readonly cacheDirectory: string;
  readonly cargoHome: string | null;
}

/** What a sandboxed build finds in its environment: nothing is fetched, and no cache is anyone else's. Pure. */
export function sandboxEnvironment(env: Environment, folders: SandboxFolders): Environment {
  const { temporaryDirectory, cacheDirectory, cargoHome } = folders;
  const passed = Object.entries(env).filter(([name]) => PASSED.test(name) && !SECRET.test(name));
  const home = env['HOME'] ?? '/root';
  return {
    ...Object.fromEntries(passed),
    HOME: temporaryDirectory,
    TMPDIR: temporaryDirectory,
    ...(cargoHome === null ? {} : { CARGO_HOME: cargoHome }),
    CARGO_NET_OFFLINE: 'true',
    GOCACHE: join(cacheDirectory, 'go'),
    GOMODCACHE: goModuleCache(env),
    GOENV: env['GOENV'] ?? join(env['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'go/env'),
    GOPROXY: 'off',
    GOTOOLCHAIN: 'local',
    ZIG_GLOBAL_CACHE_DIR: join(cacheDirectory, 'zig'),
    ZIG_LOCAL_CACHE_DIR: join(cacheDirectory, 'zig-local'),
  };
}
