import { MorselError } from '../core/errors.ts';
import { Turns } from '../core/turns.ts';
import { readTar } from '../tar/index.ts';
import { applyLayers, readLayer, UnpackBudget } from '../layers/index.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { sha256Digest } from '../oci/index.ts';
import type { Image } from '../oci/image.ts';

/** One thing that is wrong with an image. */
export interface ImageProblem {
  readonly code: string;
  /** `manifest`, `config`, `layer 0`, `layers`. */
  readonly where: string;
  readonly message: string;
}

/**
 * Recomputes every digest, size and diffId of an image, reads every layer as a tar, applies them all, and lists *all*
 * that is wrong; [] for a sound image. Never throws for what the image is.
 */
export async function validateImage(image: Image, signal?: AbortSignal): Promise<readonly ImageProblem[]> {
  const problems: ImageProblem[] = [];
  const report: Report = (where, code, message) => void problems.push({ where, code, message });
  const check = async (where: string, action: () => Promise<void>): Promise<void> => {
    try {
      await action();
    } catch (error) {
      if (!(error instanceof MorselError) || error.code === 'INTERRUPTED') throw error;
      report(where, error.code, error.message);
    }
  };
  checkDocuments(image, report);
  const { layers } = image.manifest;
  const diffIds = image.config.rootfs.diff_ids;
  if (layers.length !== diffIds.length) {
    report('layers', 'IMAGE_INVALID', `the manifest has ${layers.length}, the config ${diffIds.length}`);
  }
  const budget = new UnpackBudget(image.name);
  for (const [index, descriptor] of layers.entries()) {
    const diffId = diffIds[index];
    await check(`layer ${index}`, () =>
      diffId === undefined
        ? readBlob(image, descriptor, signal)
        : readMembers(readLayer(image, descriptor, diffId, signal, budget)),
    );
  }
  // Only whole layers can be applied; what is wrong with them has been said.
  if (problems.length === 0) {
    await check('layers', async () => void (await applyLayers(image, { add: async () => 0 }, signal)));
  }
  return problems;
}

type Report = (where: string, code: string, message: string) => void;

function checkDocuments(image: Image, report: Report): void {
  const documents = [
    ['manifest', image.manifestDescriptor, image.manifestBytes],
    ['config', image.manifest.config, image.configBytes],
  ] as const;
  for (const [where, descriptor, bytes] of documents) {
    const digest = sha256Digest(bytes);
    if (digest !== descriptor.digest)
      report(where, 'DIGEST_MISMATCH', `is ${digest}, not ${descriptor.digest}`);
    if (bytes.length !== descriptor.size) {
      report(where, 'DIGEST_MISMATCH', `has ${bytes.length} bytes, not ${descriptor.size}`);
    }
  }
}

async function readBlob(
  image: Image,
  descriptor: Descriptor,
  signal: AbortSignal | undefined,
): Promise<void> {
  const turns = new Turns(signal, `${image.name} was read`);
  for await (const _ of image.openBlob(descriptor)) await turns.take();
}

async function readMembers(layer: AsyncIterable<Buffer>): Promise<void> {
  for await (const _ of readTar(layer));
}
