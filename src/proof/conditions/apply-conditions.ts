import type { RunRequest, RunResult } from '../../sandbox/index.ts';
import type { Check } from '../check.ts';
import type { RuntimeConfiguration } from '../runtime-configuration.ts';
import type { RunningServices } from '../services/running-services.ts';
import { NAME_SERVER } from '../services/services.ts';
import { type CheckConditions, TERMINAL_SIZE } from './conditions.ts';

/** For three keys and two sockets on a busy machine. */
const SERVICES_GRACE_MS = 20_000;

/** The whole environment of a check's program. */
export function environmentOf(
  { conditions, env }: Check,
  image: Pick<RuntimeConfiguration, 'env'>,
): Readonly<Record<string, string>> {
  // As docker run -t.
  return { ...(conditions.typed === null ? {} : { TERM: 'xterm' }), ...image.env, ...env };
}

/** What a check's conditions say of its run, over what every run has. */
export function requestOfConditions(
  { typed, volumes }: CheckConditions,
  services: RunningServices | null,
  timeoutMs: number,
): Partial<RunRequest> {
  return {
    ...(typed === null ? {} : { stdio: { kind: 'terminal', typed, size: TERMINAL_SIZE } as const }),
    ...(volumes.length === 0 ? {} : { volumes }),
    ...(services === null ? {} : requestOfServices(services, timeoutMs)),
  };
}

function requestOfServices(services: RunningServices, timeoutMs: number): Partial<RunRequest> {
  const { files, authority } = services;
  return {
    files,
    timeoutMs: timeoutMs + SERVICES_GRACE_MS,
    ...(authority === null ? {} : { authority }),
    beforeStart: (container) => services.start(container),
  };
}

/** What the services have to say of a check's run, beside what it did itself. */
export function withServices(
  problems: readonly string[],
  services: RunningServices | null,
  { trustedIn }: RunResult,
): readonly string[] {
  if (services === null) return problems;
  const all = services.problem === null ? problems : [...problems, services.problem];
  const isUntrusted = services.authority !== null && trustedIn.length === 0;
  return all.length > 0 && isUntrusted ? [...all, NO_BUNDLE] : all;
}

const NO_BUNDLE = "there is no CA bundle in its root, so that it does not trust the check's authority";

/** For the receipt: what was there in the run, and is not the image's. */
export function describeAdded(
  { services, typed, volumes }: CheckConditions,
  { trustedIn }: Pick<RunResult, 'trustedIn'>,
): readonly string[] {
  const tls = services?.tls ?? null;
  return [
    ...(services === null ? [] : [`a name server at ${NAME_SERVER}, named by /etc/resolv.conf`]),
    ...(tls === null
      ? []
      : [
          `an HTTPS server on port ${tls.port} for ${Object.keys(tls.hosts).join(', ')}`,
          trustedIn.length === 0
            ? NO_BUNDLE
            : `the authority of these certificates, at the end of ${trustedIn.join(', ')}`,
        ]),
    ...(typed === null ? [] : [`a terminal of ${TERMINAL_SIZE.columns} columns, TERM=xterm`]),
    ...volumes.map(({ target, readOnly }) => `a volume at ${target}${readOnly ? ', read-only' : ''}`),
  ];
}
