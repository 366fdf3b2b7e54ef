import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatOwner, thisOwner } from '../../core/process-owner.ts';
import { decodeIndex } from '../../oci/index.ts';
import { EVIDENCE_MEDIA_TYPE } from '../../evidence/index.ts';
import { openImage, readReferrer } from '../../places/index.ts';
import { openImages } from '../../places/open-image.ts';
import { writeImage } from '../../places/write-image.ts';
import { type WrittenImage } from '../../places/write-request.ts';
import { placeOutput, publishOutput } from './output.ts';
import { createStaging, type Staging } from './staging.ts';

const platform = { os: 'linux', architecture: 'amd64' } as const;
const refused = expect.objectContaining({ code: 'WRITE_FAILED' });
let folder: string;

beforeEach(() => void (folder = realpathSync(mkdtempSync(join(tmpdir(), 'output-')))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('placeOutput', () => {
  const archive = (path: string) => placeOutput({ kind: 'archive', path }, true).path;
  const layout = (path: string) => placeOutput({ kind: 'layout', path }, true).path;

  it('takes what is absent, and a file for an archive', () => {
    writeFileSync(join(folder, 'old.tar'), 'old');
    for (const path of [join(folder, 'new.tar'), join(folder, 'old.tar')]) expect(archive(path)).toBe(path);
    for (const path of [join(folder, 'new'), join(folder, 'absent/deeper')]) expect(layout(path)).toBe(path);
  });

  it('refuses a directory that holds what is no layout: it is the user\u2019s', () => {
    writeFileSync(join(folder, 'thesis.txt'), 'mine');
    expect(() => layout(folder)).toThrowError(refused);
  });

  it('takes an empty directory and a layout, through a link as well', () => {
    mkdirSync(join(folder, 'empty'));
    symlinkSync('empty', join(folder, 'link'));
    expect(layout(join(folder, 'link'))).toBe(join(folder, 'empty'));
    writeFileSync(join(folder, 'empty', 'oci-layout'), '{}');
    expect(layout(join(folder, 'empty'))).toBe(join(folder, 'empty'));
  });

  it('takes what is read as a layout, with index.json and blobs alone', () => {
    writeFileSync(join(folder, 'index.json'), '{}');
    expect(() => layout(folder)).toThrowError(refused);
    mkdirSync(join(folder, 'blobs'));
    expect(layout(folder)).toBe(folder);
  });

  it('refuses a directory for an archive, also behind a link, and a file for a layout', () => {
    writeFileSync(join(folder, 'file'), '');
    symlinkSync('.', join(folder, 'link'));
    for (const path of [folder, join(folder, 'link')]) expect(() => archive(path)).toThrowError(refused);
    expect(() => layout(join(folder, 'file'))).toThrowError(refused);
  });

  it('follows a link only when the user has named it', () => {
    symlinkSync('there.tar', join(folder, 'link'));
    const output = { kind: 'archive', path: join(folder, 'link') } as const;
    expect(placeOutput(output, true).path).toBe(join(folder, 'there.tar'));
    expect(() => placeOutput(output, false)).toThrowError(refused);
  });
});

describe('publishOutput', () => {
  const target = (): string => join(folder, 'layout');
  const write = (staging: Staging, name: string, program: string): Promise<WrittenImage> =>
    writeImage({
      layers: [{ kind: 'entries', entries: [] }],
      platform,
      config: { Entrypoint: [`/${program}`] },
      output: { kind: 'layout', path: staging.path(name), references: [name] },
    });
  const publish = async (name: string, program = name): Promise<void> => {
    const staging = createStaging(target());
    try {
      const request = { output: { kind: 'layout', path: target() }, signal: undefined } as const;
      const evidence = Buffer.from(`evidence of ${program}`);
      await publishOutput(request, staging, await write(staging, name, program), evidence);
    } finally {
      staging.remove();
    }
  };
  const names = async (): Promise<readonly string[]> => {
    const images = await openImages(target());
    for (const image of images) image.close();
    return images.flatMap((image) => image.references).sort();
  };

  it('keeps the other images of a layout, replaces one of the same name, and leaves nothing beside it', async () => {
    for (const name of ['one', 'two', 'one']) await publish(name);
    expect(await names()).toEqual(['one:latest', 'two:latest']);
    expect(readdirSync(folder)).toEqual(['layout']);
    expect(readFileSync(join(target(), 'oci-layout'), 'utf8')).toContain('1.0.0');
  });

  it('keeps the evidence of each image as its referrer, once, and of none that is gone', async () => {
    for (const name of ['one', 'two', 'one']) await publish(name);
    await publish('one', 'another program');
    const location = { kind: 'layout', path: target() } as const;
    const evidenceOf = async (name: string): Promise<string | undefined> => {
      const image = await openImage({ ...location, name });
      image.close();
      const { digest } = image.manifestDescriptor;
      return (await readReferrer(location, digest, EVIDENCE_MEDIA_TYPE))?.toString();
    };
    expect(await evidenceOf('one')).toBe('evidence of another program');
    expect(await evidenceOf('two')).toBe('evidence of two');
    const { manifests } = decodeIndex(readFileSync(join(target(), 'index.json')), 'index.json');
    expect(manifests.filter(({ artifactType }) => artifactType === EVIDENCE_MEDIA_TYPE)).toHaveLength(2);
  });

  it('fills an empty directory that is reached through a link', async () => {
    mkdirSync(join(folder, 'real'));
    symlinkSync('real', target());
    await publish('one');
    expect(readdirSync(join(folder, 'real')).sort()).toEqual(['blobs', 'index.json', 'oci-layout']);
  });

  it('removes what a killed build has left in the layout, and nothing else', async () => {
    await publish('one');
    const owner = formatOwner({ ...thisOwner(), pid: spawnSync('true').pid });
    const left = [`.index.json.morsel-${owner}-0123456789`, `blobs/sha256/.blob.morsel-${owner}-0123456789`];
    const kept = [`.notes.morsel-${owner}-0123456789`, 'blobs/sha256/.blob.morsel-mine'];
    for (const name of [...left, ...kept]) writeFileSync(join(target(), name), '');
    await publish('two');
    const names = readdirSync(target(), { recursive: true, encoding: 'utf8' });
    expect(names.filter((name) => name.includes('.morsel-')).sort()).toEqual(kept.sort());
  });

  it('waits for no writer of a pipe in the place of the index', async () => {
    await publish('one');
    rmSync(join(target(), 'index.json'));
    spawnSync('mkfifo', [join(target(), 'index.json')]);
    await expect(publish('two')).rejects.toMatchObject({ code: 'UNREADABLE', hint: expect.any(String) });
  });
});
