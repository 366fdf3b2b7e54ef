import type { Companion, CompanionName } from '../../companions/index.ts';
import { MorselError } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import type { NeedKey } from '../../needs/index.ts';
import { entryFromTree, type FileTree, type LayerEntry } from '../../rootfs/index.ts';
import type { BuildRequest } from '../request/build-request.ts';
import type { RunConfiguration } from '../request/run-settings.ts';

/**
 * The small programs of morsel's own that were asked for, compiled or taken from the cache; loaded when there are any. Errors:
 * those of `compileCompanion`.
 */
export async function companionsOf(
  { run, cacheDirectory, signal }: BuildRequest,
  architecture: string,
): Promise<readonly Companion[]> {
  const names = [...(run.init ? ['init' as const] : []), ...(run.health === null ? [] : ['probe' as const])];
  if (names.length === 0) return [];
  const { compileCompanion } = await import('../../companions/index.ts');
  const companions: Companion[] = [];
  for (const name of names)
    companions.push(await compileCompanion(name, { architecture, cacheDirectory, signal }));
  return companions;
}

const REASONS: Readonly<Record<CompanionName, string>> = {
  meter: 'measures a run',
  init: 'PID 1, which hands signals on and waits for orphans: --init',
  probe: 'asks the server for HEALTHCHECK: --health',
};

/** Error: USAGE where something else is to be at its place. */
export function companionEntries(
  companions: readonly Companion[],
  others: readonly LayerEntry[],
  tree: FileTree,
): readonly LayerEntry[] {
  return companions.map(({ name, source, path, compiler }) => {
    if (others.some((entry) => entry.path === path))
      throw new MorselError('USAGE', `${path} is to be a file of the image and morsel's own ${name}`, {
        hint: 'give the program another place, such as --path /usr/bin/app',
      });
    return entryFromTree(tree, source, path, { reason: `${REASONS[name]}, by ${compiler}`, mode: 0o755 });
  });
}

/** What --init does for the program. */
export const CURED_BY_INIT: ReadonlySet<NeedKey> = new Set<NeedKey>(['init', 'signal-handler']);

/** Docker reads what it has written into the configuration itself; OCI has no word for it. */
export function companionFindings({ health }: Pick<RunConfiguration, 'health'>): readonly Finding[] {
  if (health === null) return [];
  const words = ['/probe', health.url].map((word) => JSON.stringify(word)).join(', ');
  return [
    {
      level: 'info',
      message:
        'HEALTHCHECK is docker’s: podman heeds it in images of docker’s format only, and Kubernetes never',
      hint: `podman run --health-cmd '/probe ${health.url}'; for Kubernetes: livenessProbe: { exec: { command: [${words}] } }`,
    },
  ];
}
