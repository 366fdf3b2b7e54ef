import { afterAll, describe, expect, it } from 'vitest';
import { explain } from '../../src/explain/index.ts';
import { directoryTree } from '../../src/rootfs/index.ts';
import { hasTool, requireInCi } from '../reference-tools.ts';
import { type Broken, imageConfig, start } from './broken-images.ts';
import { removeRoots } from './needs-root.ts';

const isRoot = requireInCi('root, for chroot', process.getuid?.() === 0);
export const have = (...tools: readonly string[]): boolean => isRoot && tools.every((tool) => hasTool(tool));

export interface BrokenCase {
  readonly name: string;
  readonly tools: readonly string[];
  readonly make: () => Broken;
  /** As docker, podman or the loader print it. */
  readonly said: string;
  readonly cause: string;
  readonly evidence: RegExp;
}

export const ENOENT = 'exec /hello: no such file or directory';

/**
 * Broken images made of real programs: each really fails to start, its text leads to the right cause together with the
 * image, and the image alone predicts it.
 */
export function describeBroken(cases: readonly BrokenCase[]): void {
  afterAll(removeRoots);
  describe.each(cases)('$name', ({ tools, make, said, cause, evidence }) => {
    const runIf = it.skipIf(!have(...tools));

    runIf('really does not start, and text and image together decide', async () => {
      const broken = make();
      const { output, exitCode } = start(broken);
      expect(exitCode).not.toBe(0);
      const target = { tree: directoryTree(broken.directory), config: imageConfig(broken) };
      for (const errorText of [said, ...(output.trim() === '' ? [] : [output])]) {
        const explanation = await explain({ errorText, target });
        expect(explanation, errorText).toMatchObject({ certainty: 'decided' });
        expect(explanation.causes[0]?.cause, errorText).toBe(cause);
        expect(explanation.causes[0]?.evidence, errorText).toMatch(evidence);
        expect(explanation.causes[0]?.fixes.length).toBeGreaterThan(0);
      }
    });

    runIf('the image alone predicts it', async () => {
      const broken = make();
      const explanation = await explain({
        target: { tree: directoryTree(broken.directory), config: imageConfig(broken) },
      });
      expect(explanation.certainty).toBe('decided');
      expect(explanation.causes.map((one) => one.cause)).toContain(cause);
      expect(explanation.causes[0]?.cause).toBe(cause);
    });
  });
}
