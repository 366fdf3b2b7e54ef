import { describe, expect, it } from 'vitest';
import {
  CONFIG_ENTRIES_LIMIT,
  CONFIG_WORDS_LIMIT,
  decodeConfig,
  decodeDockerManifest,
  decodeIndex,
  decodeManifest,
} from './decode.ts';
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

describe('decoding a hostile document', () => {
  const config = (fields: object): Buffer =>
    json({ architecture: 'amd64', os: 'linux', config: fields, rootfs: { type: 'layers', diff_ids: [] } });
  const refusal = (code: string, message: RegExp) =>
    expect.objectContaining({ code, message: expect.stringMatching(message), hint: expect.any(String) });
  const many = (count: number, prefix: string): Record<string, object> =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, {}]));

  it.each<[string, object, RegExp]>([
    ['variables', { Env: Array(CONFIG_WORDS_LIMIT + 1).fill('A=x') }, /config\.Env/],
    ['arguments', { Cmd: Array(CONFIG_WORDS_LIMIT + 1).fill('x') }, /config\.Cmd/],
    ['volumes', { Volumes: many(CONFIG_ENTRIES_LIMIT + 1, '/v') }, /config\.Volumes/],
    ['a user of megabytes', { User: 'u'.repeat(2_000_000) }, /config\.User/],
    ['a stop signal of megabytes', { StopSignal: 'S'.repeat(2_000_000) }, /config\.StopSignal/],
  ])('refuses too many or too large: %s', (_what, fields, message) => {
    expect(() => decodeConfig(config(fields), 'x')).toThrow(refusal('LIMIT_EXCEEDED', message));
  });

  it.each<[string, object, RegExp]>([
    ['a PATH of 300,000 folders', { Env: [`PATH=${'/p/q:'.repeat(300_000)}`] }, /config\.Env has a word of/],
    ['an argument beyond 128 KiB', { Entrypoint: ['/app', 'x'.repeat(131_072)] }, /config\.Entrypoint has/],
    ['words beyond 2 MiB in all', { Env: Array(25).fill('x'.repeat(100_000)) }, /together/],
    [
      'a working directory of a million parts',
      { WorkingDir: `/${'w/'.repeat(1_000_000)}` },
      /WorkingDir has a path/,
    ],
    ['a name beyond 255 bytes', { WorkingDir: `/${'ű'.repeat(128)}` }, /WorkingDir has a name of 256 bytes/],
    [
      'a volume that is no path of Linux',
      { Volumes: { [`/${'v/'.repeat(4000)}`]: {} } },
      /Volumes has a path/,
    ],
    ['a NUL in a variable', { Env: ['A=b\0c'] }, /Env contains a NUL/],
    ['a NUL in the program', { Entrypoint: ['/app\0.sh'] }, /Entrypoint contains a NUL/],
    ['a NUL in the directory', { WorkingDir: '/a\0b' }, /WorkingDir contains a NUL/],
  ])('refuses what no kernel would start: %s', (_what, fields, message) => {
    expect(() => decodeConfig(config(fields), 'x')).toThrow(refusal('IMAGE_INVALID', message));
  });

  it('takes what is large, but is used: every port of TCP, an argument of 128 KiB, a path of 4095 bytes', () => {
    const fields = {
      ExposedPorts: many(65_536, 'tcp'),
      Cmd: ['x'.repeat(131_071)],
      WorkingDir: `/${'w/'.repeat(2047)}`,
    };
    expect(decodeConfig(config(fields), 'x').config?.Cmd).toEqual(fields.Cmd);
  });

  it('refuses a document that is a manifest for one tool and an index for another (CVE-2021-41190)', () => {
    const both = { schemaVersion: 2, config: descriptor, layers: [], manifests: [] };
    expect(() => decodeManifest(json(both), 'x')).toThrow(
      refusal('IMAGE_INVALID', /manifests: belongs to another/),
    );
    expect(() => decodeIndex(json(both), 'x')).toThrow(refusal('IMAGE_INVALID', /belongs to another/));
  });

  it.each([
    'sha256:' + 'A'.repeat(64),
    `sha512:${'a'.repeat(128)}`,
    'sha256:',
    '',
    `sha256:${'a'.repeat(63)}/`,
  ])('refuses the digest %j', (wrong) => {
    const index = json({ schemaVersion: 2, manifests: [{ ...descriptor, digest: wrong }] });
    expect(() => decodeIndex(index, 'x')).toThrow(refusal('IMAGE_INVALID', /is no sha256 digest/));
  });

  it.each([2 ** 53, 1e300, -0.5])('refuses the size %d', (size) => {
    const index = json({ schemaVersion: 2, manifests: [{ ...descriptor, size }] });
    expect(() => decodeIndex(index, 'x')).toThrow(refusal('IMAGE_INVALID', /size/));
  });

  it('quotes no more of the document than a line', () => {
    const index = json({ schemaVersion: 'x'.repeat(1_000_000), manifests: [] });
    expect(() => decodeIndex(index, 'x')).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^.{1,400}$/) }),
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
