import type { LinkedLibrary } from '../../evidence/index.ts';
import type { ElfFacts } from '../../elf/index.ts';
import { DEFAULT_PATH, type Platform } from '../../oci/index.ts';
import type { CompanionName } from '../../companions/index.ts';
import { type Healthcheck, type RuntimeConfig } from '../../oci/config.ts';
import type { BuildRequest } from '../request/build-request.ts';
import type { HealthQuestion } from '../request/health.ts';
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

/** @param companions paths in the image of those that it has. */
export function planConfig(
  run: RunConfiguration,
  program: string,
  env: Readonly<Record<string, string>>,
  companions: CompanionPaths = {},
): RuntimeConfig {
  const started = run.entrypoint ?? [program];
  const allEnv = { PATH: DEFAULT_PATH, ...env, ...run.env };
  return {
    User: run.user,
    ...(run.expose.length > 0 && { ExposedPorts: Object.fromEntries(run.expose.map((port) => [port, {}])) }),
    Env: Object.entries(allEnv).map(([key, value]) => `${key}=${value}`),
    Entrypoint: companions.init === undefined ? started : [companions.init, ...started],
    ...(run.cmd.length > 0 && { Cmd: run.cmd }),
    ...(run.volumes.length > 0 && { Volumes: Object.fromEntries(run.volumes.map((path) => [path, {}])) }),
    ...(run.workdir !== null && { WorkingDir: run.workdir }),
    ...(Object.keys(run.labels).length > 0 && { Labels: run.labels }),
    ...(run.stopSignal !== null && { StopSignal: run.stopSignal }),
    ...(run.health !== null &&
      companions.probe !== undefined && { Healthcheck: healthcheckOf(run.health, companions.probe) }),
  };
}

type CompanionPaths = Readonly<Partial<Record<CompanionName, string>>>;

/** Of the engine's clock, nanoseconds. */
const NANOSECONDS = 1_000_000;

/** The engine's limit is a second later than the probe's, which then says what it waited for. */
function healthcheckOf(
  { url, intervalMs, timeoutMs, startPeriodMs, retries }: HealthQuestion,
  probe: string,
): Healthcheck {
  return {
    Test: ['CMD', probe, url, ...(timeoutMs === null ? [] : [String(timeoutMs / 1000)])],
    ...(intervalMs !== null && { Interval: intervalMs * NANOSECONDS }),
    ...(timeoutMs !== null && { Timeout: (timeoutMs + 1000) * NANOSECONDS }),
    ...(startPeriodMs !== null && { StartPeriod: startPeriodMs * NANOSECONDS }),
    ...(retries !== null && { Retries: retries }),
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
