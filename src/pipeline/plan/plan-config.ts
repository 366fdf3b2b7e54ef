import { basename } from 'node:path';
import type { ElfFacts } from '../../elf/index.ts';
import { DEFAULT_PATH, type Platform } from '../../oci/index.ts';
import { type RuntimeConfig } from '../../oci/config.ts';
import type { BuildRequest } from '../request/build-request.ts';
import type { RunConfiguration } from '../request/run-settings.ts';

/** Go's names (`GOARCH`), which OCI uses, for the kernel's machine names. */
const ARCHITECTURE: Readonly<Record<string, Pick<Platform, 'architecture' | 'variant'>>> = {
  x86_64: { architecture: 'amd64' },
  aarch64: { architecture: 'arm64' },
  i386: { architecture: '386' },
  arm: { architecture: 'arm', variant: 'v7' },
  riscv64: { architecture: 'riscv64' },
  s390x: { architecture: 's390x' },
  ppc64le: { architecture: 'ppc64le' },
  loongarch64: { architecture: 'loong64' },
  mips64el: { architecture: 'mips64le' },
  mipsel: { architecture: 'mipsle' },
};

export function platformOf(facts: ElfFacts): Platform {
  return { os: 'linux', ...(ARCHITECTURE[facts.machine] ?? { architecture: facts.machine }) };
}

/**
 * Directories of a root (FHS 3.0 chapter 3, and what runtimes mount on): a program of that name would lie where its
 * own libraries, or the runtime's /proc, must go.
 */
const ROOT_DIRECTORIES: ReadonlySet<string> = new Set(
  'bin boot dev etc home lib lib32 lib64 libx32 media mnt opt proc root run sbin srv sys tmp usr var'.split(
    ' ',
  ),
);

/** Where the program goes: the root, under its own name; one directory less, and nobody's brand in the path. */
export function programPath(binaryPath: string): string {
  const name = basename(binaryPath);
  return ROOT_DIRECTORIES.has(name) ? `/app/${name}` : `/${name}`;
}

export function planConfig(
  run: RunConfiguration,
  program: string,
  env: Readonly<Record<string, string>>,
): RuntimeConfig {
  const allEnv = { PATH: DEFAULT_PATH, ...env, ...run.env };
  return {
    User: run.user,
    ...(run.expose.length > 0 && { ExposedPorts: Object.fromEntries(run.expose.map((port) => [port, {}])) }),
    Env: Object.entries(allEnv).map(([key, value]) => `${key}=${value}`),
    Entrypoint: run.entrypoint ?? [program],
    ...(run.cmd.length > 0 && { Cmd: run.cmd }),
    ...(run.workdir !== null && { WorkingDir: run.workdir }),
    ...(Object.keys(run.labels).length > 0 && { Labels: run.labels }),
    ...(run.stopSignal !== null && { StopSignal: run.stopSignal }),
  };
}

/** Predefined keys of image-spec annotations.md; only what the project says itself. */
export function planAnnotations({ project, annotations }: BuildRequest): Readonly<Record<string, string>> {
  return {
    ...(project.kind !== 'binary' && { 'org.opencontainers.image.title': project.name }),
    ...(project.version !== null && { 'org.opencontainers.image.version': project.version }),
    ...(project.license !== null && { 'org.opencontainers.image.licenses': project.license }),
    ...annotations,
  };
}
