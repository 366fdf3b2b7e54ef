import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { explain, inspect, ldd, MorselError, planBuild, readConfigurationFile } from '../../../src/index.ts';
import { imageTree } from '../../../src/layers/image-tree.ts';
import { unpackImage } from '../../../src/layers/unpack-image.ts';
import { openImages } from '../../../src/places/open-image.ts';
import { validateImage } from '../../../src/places/validate-image.ts';
import { parseChecks } from '../../../src/proof/index.ts';
import type { ReadName } from './attempts.ts';

/**
 * A process of its own that reads one input after another with the library's functions, and tells what came of each and how
 * much memory that took. A process, so that what hangs or swells can be ended.
 */
export interface ReadOrder {
  readonly reads: readonly ReadName[];
  readonly path: string;
  /** A folder that an image may be unpacked into. */
  readonly scratch: string;
}

export interface ReadAnswer {
  readonly problems: readonly string[];
  /** `ok`, or the code of the error, of each read: what the campaign counts. */
  readonly outcomes: readonly string[];
  readonly peakBytes: number;
}

const READS: Readonly<Record<ReadName, (path: string, scratch: string) => Promise<unknown>>> = {
  inspect: (path) => inspect(path),
  explain: (path) => explain({ target: path, errorText: 'exec /app: no such file or directory' }),
  ldd: (path) => ldd([path]),
  plan: (path) => planBuild({ path }),
  configuration: async (path) => parseChecks((await readConfigurationFile(path)).checks ?? []),
  unpack: unpackAll,
};

async function unpackAll(path: string, scratch: string): Promise<void> {
  let count = 0;
  for (const image of await openImages(path)) {
    try {
      await validateImage(image);
      (await imageTree(image)).close();
      await unpackImage(image, join(scratch, `root-${(count += 1)}`));
    } finally {
      image.close();
    }
  }
}

async function perform({ reads, path, scratch }: ReadOrder): Promise<ReadAnswer> {
  globalThis.gc?.();
  // Linux: 5 makes the high-water mark what is held now (proc_pid_clear_refs(5)).
  writeFileSync('/proc/self/clear_refs', '5');
  const problems: string[] = [];
  const outcomes: string[] = [];
  for (const name of reads) {
    try {
      await READS[name](path, scratch);
      outcomes.push('ok');
    } catch (error) {
      if (error instanceof MorselError) outcomes.push(error.code);
      problems.push(...errorProblems(name, error));
    }
  }
  return { problems, outcomes, peakBytes: highWaterMark() };
}

function errorProblems(name: ReadName, error: unknown): readonly string[] {
  if (!(error instanceof MorselError)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return [`exit: ${name}: no MorselError: ${stack.split('\n').slice(0, 3).join(' ')}`];
  }
  return error.hint.trim() === ''
    ? [`exit: ${name}: an error without a hint: ${error.code}: ${error.message.slice(0, 160)}`]
    : [];
}

function highWaterMark(): number {
  return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0) * 1024;
}

process.on('message', (order) => {
  void perform(order as ReadOrder).then((answer) => process.send?.(answer));
});
