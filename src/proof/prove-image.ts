import { join } from 'node:path';
import { MorselError } from '../core/errors.ts';
import { ignoreEvents, type EventSink } from '../core/events.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../core/temporary-folder.ts';
import { type Image } from '../oci/index.ts';
import { unpackImage } from '../layers/index.ts';
import { chooseSandbox, type Sandbox } from '../sandbox/index.ts';
import { type SandboxName } from '../core/choices.ts';
import type { SourceUser } from '../control/index.ts';
import { directoryTree, homeOf, nameOf } from '../rootfs/index.ts';
import { runtimeConfiguration } from './runtime-configuration.ts';
import type { Check } from './check.ts';
import type { ControlRuns } from './control-run.ts';
import { proveRoot, type RootProof, skippedProof } from './prove-root.ts';

export interface ProveImageOptions {
  readonly image: Image;
  /** []: it starts, and does not die of it. */
  readonly checks: readonly Check[];
  /** As of `ProveRootOptions`. */
  readonly programs?: readonly string[] | undefined;
  /** Only this sandbox will do, which may still be tried; default: the first that works here. */
  readonly sandbox?: SandboxName | Sandbox | Promise<Sandbox> | undefined;
  /** With what it is compared, in this sandbox; default: with nothing, for this reason. */
  readonly control?: ControlOf | undefined;
  /** For the event `proof-started`. */
  readonly rung?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: EventSink | undefined;
}

/** Makes the control runs of a proof, in the sandbox that it has chosen; or says in words why there are none. */
export type ControlOf = (sandbox: Sandbox, user: SourceUser) => Promise<ControlRuns | string>;

/**
 * Reads an image back (every digest is checked on the way), unpacks it into an empty root, and runs its checks there.
 * Where no sandbox works the proof is `skipped`, with the reason; so it is for a program of another architecture that
 * nothing here can emulate. Errors: those of reading the image; CONFIG_INVALID; INTERRUPTED.
 */
export async function proveImage(options: ProveImageOptions): Promise<RootProof> {
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
    const user = userOf(image, root);
    const control = (await options.control?.(sandbox, user)) ?? NO_SOURCE;
    const proven = await proveRoot({
      root,
      capabilities,
      setIds,
      config: image.config,
      checks: options.checks,
      programs: options.programs,
      sandbox,
      control,
      signal: options.signal,
      onEvent,
    });
    return proven.proof.status === 'skipped' ? skip(proven.proof.reason ?? '', onEvent) : proven;
  } finally {
    removeTemporaryFolder(folder);
  }
}

function userOf({ config }: Image, root: string): SourceUser {
  const tree = directoryTree(root);
  const { uid, gid } = runtimeConfiguration(config, tree);
  // The name that distroless gives an unprivileged user: one without a name is none that a program could print.
  return { uid, gid, name: nameOf(uid, tree) ?? 'nonroot', home: homeOf(uid, tree) };
}

const NO_SOURCE = 'nothing is known of where its program came from';

function skip(reason: string, onEvent: EventSink): RootProof {
  onEvent({ kind: 'proof-skipped', reason });
  return { proof: skippedProof(reason), examined: [] };
}

/** The sandbox, or why there is none. */
async function sandboxOf({ sandbox, signal }: ProveImageOptions): Promise<Sandbox | string> {
  try {
    if (typeof sandbox === 'object') return await sandbox;
    return await chooseSandbox({ prefer: sandbox, signal });
  } catch (error) {
    if (error instanceof MorselError && error.code === 'SANDBOX_MISSING') return error.message;
    throw error;
  }
}
