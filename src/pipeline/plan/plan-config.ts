import type { LinkedLibrary } from '../../evidence/index.ts';
import type { ElfFacts } from '../../elf/index.ts';
import { DEFAULT_PATH, type Platform } from '../../oci/index.ts';
import { type RuntimeConfig } from '../../oci/config.ts';
import type { BuildRequest } from '../request/build-request.ts';
import type { RunConfiguration } from '../request/run-settings.ts';
import { machineNamed, MACHINES } from '../../core/machines.ts';

export function platformOf(facts: ElfFacts): Platform {
  const machine = machineNamed(facts.machine);
  return { os: 'linux', ...((machine && MACHINES[machine].oci) ?? { architecture: facts.machine }) };
}

/** The image's user, whose ids have been checked to be numbers. */
export function userOf({ user }: RunConfiguration): { readonly uid: number; readonly gid: number } {
  const [uid = 0, gid = 0] = user.split(':').map(Number);
  return { uid, gid };
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
export function planAnnotations(
  { project, annotations }: BuildRequest,
  libraries: readonly LinkedLibrary[] = [],
): Readonly<Record<string, string>> {
  const license = licenseOf(project.license, libraries);
  return {
    ...(project.kind !== 'binary' && { 'org.opencontainers.image.title': project.name }),
    ...(project.version !== null && { 'org.opencontainers.image.version': project.version }),
    ...(license !== null && { 'org.opencontainers.image.licenses': license }),
    ...annotations,
  };
}

/**
 * The project's with those of what was linked in, as an SPDX expression (annex D of the specification). Of a project that
 * says none a `LicenseRef` stands there: what is known of its libraries is not all of it.
 */
function licenseOf(own: string | null, libraries: readonly LinkedLibrary[]): string | null {
  const others = [...new Set(libraries.map(({ licence }) => licence))]
    .filter((one) => one !== own)
    .toSorted();
  if (others.length === 0) return own;
  const known = others.map((one) => (one === 'NOASSERTION' ? UNKNOWN_LICENSE : one));
  return [...new Set([own ?? UNKNOWN_LICENSE, ...known])].map(inParentheses).join(' AND ');
}

const UNKNOWN_LICENSE = 'LicenseRef-unknown';

const inParentheses = (one: string): string => (/ OR /i.test(one) ? `(${one})` : one);
