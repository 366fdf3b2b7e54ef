import { join } from 'node:path';
import { MorselError } from '../core/errors.ts';
import { ignoreEvents, type EventSink } from '../core/events.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../core/temporary-folder.ts';
import { type Image } from '../oci/index.ts';
import { unpackImage } from '../layers/index.ts';
import { chooseSandbox, type Sandbox } from '../sandbox/index.ts';
import { type SandboxName } from '../core/choices.ts';
import type { Check } from './check.ts';
import type { Proof } from './proof.ts';
import { proveRoot, skippedProof } from './prove-root.ts';

export interface ProveImageOptions {
  readonly image: Image;
  /** []: it starts, and does not die of it. */
  readonly checks: readonly Check[];
  /** Only this sandbox will do; default: the first that works here. */
  readonly sandbox?: SandboxName | Sandbox | undefined;
  /** For the event `proof-started`. */
  readonly rung?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: EventSink | undefined;
}

/**
 * Reads an image back (every digest is checked on the way), unpacks it into an empty root, and runs its checks there.
 * Where no sandbox works the proof is `skipped`, with the reason; so it is for a program of another architecture that
 * nothing here can emulate. Errors: those of reading the image; CONFIG_INVALID; INTERRUPTED.
 */
export async function proveImage(options: ProveImageOptions): Promise<Proof> {
  const { image, onEvent = ignoreEvents } = options;
  const folder = makeTemporaryFolder('proof');
  // Not the folder itself: that one is private (0700), and a root's own mode is the image's matter.
  const root = join(folder, 'root');
  try {
    // Unpacking comes first: an image that is damaged is an error, whether or not there is a sandbox.
    const { capabilities, setIds } = await unpackImage(image, root, { signal: options.signal });
    const sandbox = await sandboxOf(options);
    if (typeof sandbox === 'string') return skip(sandbox, onEvent);
    onEvent({ kind: 'proof-started', rung: options.rung ?? '', sandbox: sandbox.name });
    const proof = await proveRoot({
      root,
      capabilities,
      setIds,
      config: image.config,
      checks: options.checks,
      sandbox,
      signal: options.signal,
      onEvent,
    });
    return proof.status === 'skipped' ? skip(proof.reason ?? '', onEvent) : proof;
  } finally {
    removeTemporaryFolder(folder);
  }
}

function skip(reason: string, onEvent: EventSink): Proof {
  onEvent({ kind: 'proof-skipped', reason });
  return skippedProof(reason);
}

/** The sandbox, or why there is none. */
async function sandboxOf({ sandbox, signal }: ProveImageOptions): Promise<Sandbox | string> {
  if (typeof sandbox === 'object') return sandbox;
  try {
    return await chooseSandbox({ prefer: sandbox, signal });
  } catch (error) {
    if (error instanceof MorselError && error.code === 'SANDBOX_MISSING') return error.message;
    throw error;
  }
}
