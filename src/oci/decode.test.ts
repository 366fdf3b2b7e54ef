import { describe, expect, it } from 'vitest';
import { decodeConfig, decodeDockerManifest, decodeIndex, decodeManifest } from './decode.ts';
import { encodeConfig, encodeManifest } from './image-metadata.ts';
import { METADATA_LIMIT_BYTES } from './parse-json.ts';
import type { DiffId, Digest } from './descriptor.ts';

const digest = `sha256:${'a'.repeat(64)}` as Digest;
const descriptor = { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: 5 };
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

describe('decoding', () => {
  it('takes what Go writes: null for what is not there', () => {
    const config = {
      architecture: 'amd64',
      os: 'linux',
      created: null,
      config: { Env: null, Entrypoint: null, Labels: null },
      rootfs: { type: 'layers', diff_ids: null },
    };
    expect(decodeConfig(json(config), 'x').rootfs.diff_ids).toEqual([]);
    expect(
      decodeDockerManifest(json([{ Config: 'c', RepoTags: null, Layers: null }]), 'x')[0]?.Layers,
    ).toEqual([]);
  });

  it('keeps what it does not know', () => {
    const manifest = {
      schemaVersion: 2,
      config: descriptor,
      layers: [],
      artifactType: 'x',
      subject: descriptor,
    };
    expect(decodeManifest(json(manifest), 'x')).toMatchObject({ artifactType: 'x' });
  });

  it.each<[string, unknown, RegExp]>([
    ['a manifest of schema 1', { schemaVersion: 1, config: descriptor, layers: [] }, /schemaVersion/],
    ['no config', { schemaVersion: 2, layers: [] }, /config/],
    [
      'a digest of another form',
      { schemaVersion: 2, config: { ...descriptor, digest: 'sha256:../../etc/passwd' }, layers: [] },
      /config\.digest: is no sha256 digest/,
    ],
    [
      'a negative size',
      { schemaVersion: 2, config: { ...descriptor, size: -1 }, layers: [] },
      /config\.size/,
    ],
    [
      'a size that is no whole number',
      { schemaVersion: 2, config: { ...descriptor, size: 1.5 }, layers: [] },
      /config\.size/,
    ],
    ['layers that are no list', { schemaVersion: 2, config: descriptor, layers: {} }, /layers/],
    ['a number', 5, /the document itself/],
    ['a list', [], /the document itself|schemaVersion/],
    ['null', null, /the document itself/],
  ])('refuses %s and says where', (_what, document, message) => {
    expect(() => decodeManifest(json(document), 'x.tar: manifest')).toThrow(
      expect.objectContaining({
        name: 'MorselError',
        code: 'IMAGE_INVALID',
        message: expect.stringMatching(message),
      }),
    );
  });

  it('refuses what is no JSON, and what is too large', () => {
    expect(() => decodeIndex(Buffer.from('{"'), 'x')).toThrow(
      expect.objectContaining({ code: 'IMAGE_INVALID' }),
    );
    expect(() => decodeIndex(Buffer.alloc(METADATA_LIMIT_BYTES + 1, 0x20), 'x')).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
  });
});

describe('encoding', () => {
  const platform = { os: 'linux', architecture: 'amd64' };
  const diffIds = [digest as unknown as DiffId];

  it('has no field that says nothing', () => {
    const bytes = encodeConfig(
      platform,
      { Entrypoint: ['/hello'], Cmd: [], Env: [], User: '', Labels: {}, Volumes: null },
      diffIds,
      0,
    );
    expect(bytes.toString()).toBe(
      `{"architecture":"amd64","config":{"Entrypoint":["/hello"]},"os":"linux","rootfs":{"diff_ids":["${digest}"],"type":"layers"}}`,
    );
  });

  it('has the same bytes for the same labels in another order, and the time when there is one', () => {
    const one = encodeConfig(platform, { Labels: { b: '2', a: '1' } }, diffIds, 1_700_000_000);
    const other = encodeConfig(platform, { Labels: { a: '1', b: '2' } }, diffIds, 1_700_000_000);
    expect(one.equals(other)).toBe(true);
    expect(decodeConfig(one, 'x').created).toBe('2023-11-14T22:13:20Z');
    const manifest = encodeManifest(descriptor, [], { z: '1', a: '2' }).toString();
    expect(manifest.indexOf('"a"')).toBeLessThan(manifest.indexOf('"z"'));
  });
});
