import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryByteSource } from '../core/byte-source.ts';
import { writeImage } from './write-image.ts';
import type { WriteImageRequest } from './write-request.ts';

const LAST_SECOND = 253_402_300_799;
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'write-image-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function request(more: Partial<WriteImageRequest> = {}): WriteImageRequest {
  const bytes = Buffer.from('content');
  const file = { kind: 'file', path: '/file', mode: 0o644, sizeBytes: bytes.length, reason: 'test' } as const;
  return {
    layers: [{ kind: 'entries', entries: [{ ...file, open: () => memoryByteSource(bytes) }] }],
    platform: { os: 'linux', architecture: 'amd64' },
    config: {},
    output: { kind: 'archive', path: join(folder, 'image.tar'), references: ['test'] },
    ...more,
  };
}

describe('writeImage', () => {
  it.each<Partial<WriteImageRequest>>([
    { compression: 'gzip', compressionLevel: 10 },
    { compression: 'gzip', compressionLevel: 1.5 },
    { compression: 'none', compressionLevel: 1 },
    { mtimeSeconds: -1 },
    { mtimeSeconds: 0.5 },
    { mtimeSeconds: LAST_SECOND + 1 },
  ])('refuses %j, and writes nothing', async (more) => {
    await expect(writeImage(request(more))).rejects.toMatchObject({ code: 'USAGE' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each<Partial<WriteImageRequest>>([
    { mtimeSeconds: LAST_SECOND },
    { compression: 'gzip', compressionLevel: 9 },
    { compression: 'none' },
  ])('takes %j', async (more) => {
    await writeImage(request(more));
    expect(readdirSync(folder)).toEqual(['image.tar']);
    rmSync(join(folder, 'image.tar'));
  });
});
