import type { Sandbox } from '../../sandbox/index.ts';
import type { BuildRequest } from '../request/build-request.ts';

const chosen = new WeakMap<BuildRequest, Promise<Sandbox>>();

/**
 * The sandbox of a build, which is tried once, and while its image is planned and written: a trial waits for processes,
 * and these for this one. Errors: those of `chooseSandbox`; nobody need have waited for them.
 */
export function chosenSandbox(request: BuildRequest): Promise<Sandbox> {
  const before = chosen.get(request);
  if (before !== undefined) return before;
  const choice = choose(request);
  choice.catch(() => {});
  chosen.set(request, choice);
  return choice;
}

async function choose({ sandbox, signal, cacheDirectory }: BuildRequest): Promise<Sandbox> {
  const { chooseSandbox } = await import('../../sandbox/index.ts');
  return chooseSandbox({ prefer: sandbox ?? undefined, signal, cacheDirectory });
}
