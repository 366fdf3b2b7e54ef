import type { EventSink } from '../core/events.ts';
import { defaultOutputPlace, keepInput, outputFilePlace } from '../core/output-place.ts';
import { printableJson } from '../core/printable.ts';
import { VERSION } from '../core/version.ts';
import { writeFileAtomically } from '../core/write-file-atomically.ts';
import { openImage } from '../places/index.ts';
import { type Check } from './check.ts';
import { parseChecks } from './parse-checks.ts';
import { proveImage } from './prove-image.ts';
import { receipt, type Receipt } from './receipt.ts';
import type { SandboxName } from '../core/choices.ts';

export interface ProveOptions {
  /** Archive or OCI layout. */
  readonly path: string;
  /** As `checks` of a morsel.json; default: it starts, and does not die of it. */
  readonly checks?: readonly unknown[] | undefined;
  /** Default: IMAGE.receipt.json beside the image. */
  readonly receiptPath?: string | undefined;
  readonly sandbox?: SandboxName | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: EventSink | undefined;
}

/**
 * Runs the checks of an image that exists and writes what came of it: the same proof gives the same bytes. Errors:
 * those of reading the image; CONFIG_INVALID; USAGE; WRITE_FAILED; DISK_FULL; INTERRUPTED.
 */
export async function prove(
  options: ProveOptions,
): Promise<{ readonly receipt: Receipt; readonly path: string }> {
  const checks: readonly Check[] = await parseChecks([...(options.checks ?? [])]);
  const path = receiptPlace(options);
  keepInput(path, options.path);
  const image = await openImage(options.path, { signal: options.signal });
  try {
    const proof = await proveImage({
      image,
      checks,
      sandbox: options.sandbox,
      signal: options.signal,
      onEvent: options.onEvent,
    });
    const document = receipt(proof, image, VERSION);
    writeFileAtomically(path, `${printableJson(document, 2)}\n`);
    return { receipt: document, path };
  } finally {
    image.close();
  }
}

/** Asked before anything is run. */
function receiptPlace({ path, receiptPath }: ProveOptions): string {
  const beside = `${path.replace(/\/+$/, '').replace(/\.tar$/, '')}.receipt.json`;
  return outputFilePlace(receiptPath ?? defaultOutputPlace(beside));
}
