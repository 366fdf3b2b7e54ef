import type { EventSink } from '../core/events.ts';
import { defaultOutputPlace, keepInput, outputFilePlace } from '../core/output-place.ts';
import { findEvidence } from '../evidence/index.ts';
import { printableJson } from '../core/printable.ts';
import { VERSION } from '../core/version.ts';
import { writeFileAtomically } from '../core/write-file-atomically.ts';
import { parsePlatform } from '../oci/index.ts';
import { besideImage, hasPath, parseLocation, withImage } from '../places/index.ts';
import { type Check } from './check.ts';
import { parseChecks } from './parse-checks.ts';
import { proveImage } from './prove-image.ts';
import { receipt, type Receipt } from './receipt.ts';
import type { SandboxName } from '../core/choices.ts';

export interface ProveOptions {
  /** Archive or OCI layout, with `:NAME` where it holds several images. */
  readonly path: string;
  /** Of an index, the image for this platform, as `linux/arm64`. Default: this machine's. */
  readonly platform?: string | undefined;
  /** As `checks` of a morsel.json; default: it starts, and does not die of it. */
  readonly checks?: readonly unknown[] | undefined;
  /** Default: FILE.receipt.json beside FILE.tar, or FILE.NAME.receipt.json of one that was named. */
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
  const location = parseLocation(options.path);
  const platform = options.platform === undefined ? undefined : parsePlatform(options.platform);
  const beside = besideImage(location, 'receipt', platform);
  const path = outputFilePlace(options.receiptPath ?? defaultOutputPlace(beside));
  if (hasPath(location)) keepInput(path, location.path);
  return withImage(location, { signal: options.signal, platform }, async (image) => {
    const { sandbox, signal, onEvent } = options;
    const { proof } = await proveImage({ image, checks, sandbox, signal, onEvent });
    const evidence = await findEvidence(location, image, signal);
    const document = receipt(proof, image, evidence, VERSION);
    writeFileAtomically(path, `${printableJson(document, 2)}\n`);
    return { receipt: document, path };
  });
}
