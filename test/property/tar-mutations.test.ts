import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { memoryByteSource } from '../../src/core/byte-source.ts';
import { MorselError } from '../../src/core/errors.ts';
import { imageTree } from '../../src/layers/image-tree.ts';
import { unpackImage } from '../../src/layers/unpack-image.ts';
import { openImages } from '../../src/places/open-image.ts';
import { validateImage } from '../../src/places/validate-image.ts';
import { writeImage } from '../../src/places/write-image.ts';
import { listTar, readTar, type TarEntry, writeTar } from '../../src/tar/index.ts';
import { rawLayout, rawTar, textFile } from '../image-fixtures.ts';

/** Damaged and hostile bytes give an answer or a MorselError: no other error, no hang, nothing written elsewhere. */
const work = mkdtempSync(join(tmpdir(), 'morsel-tar-mutations-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const ALL = process.env['MORSEL_TEST_ALL'] === '1';

function isMorselError(error: unknown): boolean {
  if (error instanceof MorselError) return true;
  throw error;
}

const pathArbitrary = fc
  .array(fc.constantFrom('a', 'b', 'dir', 'é', 'x'.repeat(90), 'name with space'), {
    minLength: 1,
    maxLength: 5,
  })
  .map((parts) => parts.join('/'));
const entryArbitrary: fc.Arbitrary<TarEntry> = fc
  .record({
    path: pathArbitrary,
    content: fc.uint8Array({ maxLength: 1500 }),
    mode: fc.integer({ min: 0, max: 0o7777 }),
    uid: fc.integer({ min: 0, max: 2 ** 32 }),
    mtimeSeconds: fc.integer({ min: 0, max: 2 ** 34 }),
  })
  .map(({ content, ...rest }) => ({
    ...rest,
    kind: 'file' as const,
    gid: rest.uid,
    sizeBytes: content.length,
    open: () => memoryByteSource(content),
  }));

const mutationArbitrary = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    bytes: fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 12 }),
      fc.constantFrom(
        ...[
          'x',
          'g',
          'L',
          'K',
          'S',
          '1',
          '2',
          '5',
          '\0',
          '77777777777\0',
          '-1',
          '..',
          '/',
          'path=',
          '9999999 ',
        ].map((text) => Buffer.from(text)),
      ),
    ),
  }),
  { minLength: 1, maxLength: 6 },
);

function mutate(bytes: Buffer, mutations: readonly { at: number; bytes: Uint8Array }[]): Buffer {
  const mutated = Buffer.from(bytes);
  for (const { at, bytes: put } of mutations)
    Buffer.from(put).copy(mutated, Math.floor(at * (mutated.length - 1)));
  // The checksum guards every header: made right again, so that the parsers behind it are reached.
  for (let start = 0; start + 512 <= mutated.length; start += 512) {
    if (mutated.toString('latin1', start + 257, start + 262) !== 'ustar') continue;
    let sum = 8 * 0x20;
    for (let index = 0; index < 512; index += 1)
      if (index < 148 || index >= 156) sum += mutated[start + index] as number;
    mutated.write(`${sum.toString(8).padStart(6, '0')}\0 `, start + 148, 'latin1');
  }
  return mutated;
}

describe('tar', () => {
  it('comes back as it was written', () => {
    fc.assert(
      fc.property(fc.array(entryArbitrary, { maxLength: 6 }), (entries) => {
        const bytes = Buffer.concat([...writeTar(entries)]);
        const read = [...listTar(memoryByteSource(bytes))];
        expect(
          read.map(({ header: { path, mode, uid, mtimeSeconds } }) => ({ path, mode, uid, mtimeSeconds })),
        ).toEqual(
          entries.map(({ path, uid, mtimeSeconds, ...rest }) => ({
            path,
            mode: 'mode' in rest ? rest.mode : 0,
            uid,
            mtimeSeconds,
          })),
        );
        expect(bytes.length % 512).toBe(0);
      }),
    );
  });

  it('mutated gives an answer or a MorselError, the same from both readers', async () => {
    const property = fc.asyncProperty(
      fc.array(entryArbitrary, { minLength: 1, maxLength: 4 }),
      mutationArbitrary,
      fc.double({ min: 0.2, max: 1, noNaN: true }),
      async (entries, mutations, keep) => {
        const whole = mutate(Buffer.concat([...writeTar(entries)]), mutations);
        const bytes = whole.subarray(0, Math.ceil(whole.length * keep));
        const outcomes: string[] = [];
        try {
          outcomes.push([...listTar(memoryByteSource(bytes))].map(({ header }) => header.path).join());
        } catch (error) {
          isMorselError(error);
          outcomes.push((error as MorselError).code);
        }
        try {
          const paths: string[] = [];
          for await (const { header } of readTar([bytes])) paths.push(header.path);
          outcomes.push(paths.join());
        } catch (error) {
          isMorselError(error);
          outcomes.push((error as MorselError).code);
        }
        expect(outcomes[1]).toBe(outcomes[0]);
      },
    );
    await fc.assert(property, { numRuns: ALL ? 20_000 : 1000 });
  });
});

async function useEverything(path: string, root: string): Promise<void> {
  try {
    for (const image of await openImages(path)) {
      try {
        await validateImage(image);
        (await imageTree(image)).close();
        await unpackImage(image, root);
      } finally {
        image.close();
      }
    }
  } catch (error) {
    isMorselError(error);
    // What an image is made of is never called the machine's fault, and always comes with what to do.
    expect(['WRITE_FAILED', 'DISK_FULL']).not.toContain((error as MorselError).code);
    expect((error as MorselError).hint).toBeTypeOf('string');
  }
}

describe('images', () => {
  it('whose archive is mutated give an answer or a MorselError', async () => {
    const archive = join(work, 'image.tar');
    const entries = [textFile('/a', 'a'.repeat(3000)), textFile('/b/c', 'c')];
    await writeImage({
      layers: [{ kind: 'entries', entries }],
      platform: { os: 'linux', architecture: 'amd64' },
      config: { Entrypoint: ['/a'] },
      output: { kind: 'archive', path: archive, references: ['x'] },
    });
    const { readFileSync } = await import('node:fs');
    const original = readFileSync(archive);
    const mutated = join(work, 'mutated.tar');
    const root = join(work, 'mutated-root');
    const property = fc.asyncProperty(mutationArbitrary, async (mutations) => {
      writeFileSync(mutated, mutate(original, mutations));
      await useEverything(mutated, root);
      rmSync(root, { recursive: true, force: true });
    });
    await fc.assert(property, { numRuns: ALL ? 5000 : 300 });
  });

  it('with hostile layers write nothing outside their root', async () => {
    const part = fc.constantFrom(
      'a',
      'b',
      'l',
      '..',
      '.',
      '',
      '.wh.a',
      '.wh..wh..opq',
      '.wh.l',
      'canary',
      '\udcff',
      'n'.repeat(90),
    );
    const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    const target = fc.oneof(
      path,
      path.map((text) => `/${text}`),
      fc.constantFrom('../canary', '../../canary', work, '/', '.', '', 'a/'.repeat(50)),
    );
    const member = fc.record({
      path,
      type: fc.constantFrom('0', '0', '1', '2', '2', '5', '3', '6'),
      link: target,
      content: fc.constant('bad'),
    });
    const layers = fc.array(fc.array(member, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 3 });
    const layout = join(work, 'hostile');
    const inside = join(work, 'inside');
    const property = fc.asyncProperty(layers, async (members) => {
      rmSync(layout, { recursive: true, force: true });
      rmSync(inside, { recursive: true, force: true });
      rawLayout(
        layout,
        members.map((layer) =>
          rawTar(
            layer.map((one) => ({
              ...one,
              type: one.type as '0',
              content: one.type === '0' ? one.content : '',
            })),
          ),
        ),
      );
      const before = readdirSync(work)
        .filter((name) => name !== 'inside')
        .sort();
      await useEverything(layout, join(inside, 'deep', 'root'));
      expect(
        readdirSync(work)
          .filter((name) => name !== 'inside')
          .sort(),
      ).toEqual(before);
      const kept = (() => {
        try {
          return [...readdirSync(inside), ...readdirSync(join(inside, 'deep'))];
        } catch {
          return [];
        }
      })();
      expect(kept.filter((name) => name !== 'deep' && name !== 'root')).toEqual([]);
    });
    await fc.assert(property, { numRuns: ALL ? 10_000 : 500 });
  });
});
