import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** GOMODCACHE, by the rules of `go help environment`. */
export function goModuleCache(env: Environment): string {
  const goPath = (env['GOPATH'] ?? '').split(':')[0] ?? '';
  return env['GOMODCACHE'] ?? join(goPath === '' ? join(env['HOME'] ?? '/', 'go') : goPath, 'pkg/mod');
}

/** GOENV: what `go env -w` writes, or `off`. */
export function goSettingsFile(env: Environment): string {
  return env['GOENV'] ?? join(goConfigFolder(env), 'env');
}

/** In os.UserConfigDir. */
export function goConfigFolder(env: Environment): string {
  return join(env['XDG_CONFIG_HOME'] ?? join(env['HOME'] ?? '/', '.config'), 'go');
}
