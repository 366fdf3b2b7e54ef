import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openImages, writeImage, type WrittenImage } from '../oci/index.ts';
import { checkOutput, publishOutput } from './output.ts';
import { createStaging, type Staging } from './staging.ts';

const platform = { os: 'linux', architecture: 'amd64' } as const;
const refused = expect.objectContaining({ code: 'WRITE_FAILED' });
let folder: string;

beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'output-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('checkOutput', () => {
  it('takes what is absent, and a file for an archive', () => {
    writeFileSync(join(folder, 'old.tar'), 'old');
    checkOutput({ kind: 'archive', path: join(folder, 'new.tar') });
    checkOutput({ kind: 'archive', path: join(folder, 'old.tar') });
    checkOutput({ kind: 'layout', path: join(folder, 'new') });
    checkOutput({ kind: 'layout', path: folder.concat('/absent/deeper') });
  });

  it('refuses a directory that holds what is no layout: it is the user\u2019s', () => {
    writeFileSync(join(folder, 'thesis.txt'), 'mine');
    expect(() => checkOutput({ kind: 'layout', path: folder })).toThrowError(refused);
  });

  it('takes an empty directory and a layout, through a link as well', () => {
    mkdirSync(join(folder, 'empty'));
    symlinkSync('empty', join(folder, 'link'));
    checkOutput({ kind: 'layout', path: join(folder, 'link') });
    writeFileSync(join(folder, 'empty', 'oci-layout'), '{}');
    checkOutput({ kind: 'layout', path: join(folder, 'empty') });
  });

  it('refuses a directory and a device for an archive, and a file for a layout', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => checkOutput({ kind: 'archive', path: folder })).toThrowError(refused);
    expect(() => checkOutput({ kind: 'archive', path: '/dev/null' })).toThrowError(refused);
    expect(() => checkOutput({ kind: 'layout', path: join(folder, 'file') })).toThrowError(refused);
  });

  it('answers a loop of links with an error of its own', () => {
    symlinkSync('loop', join(folder, 'loop'));
    expect(() => checkOutput({ kind: 'archive', path: join(folder, 'loop') })).toThrowError(refused);
  });
});

describe('publishOutput', () => {
  const target = (): string => join(folder, 'layout');
  const write = (staging: Staging, name: string): Promise<WrittenImage> =>
    writeImage({
      layers: [{ kind: 'entries', entries: [] }],
      platform,
      config: { Entrypoint: [`/${name}`] },
      output: { kind: 'layout', path: staging.path(name), references: [name] },
    });
  const publish = async (name: string): Promise<void> => {
    const staging = createStaging(target());
    try {
      const request = { output: { kind: 'layout', path: target() }, signal: undefined } as const;
      await publishOutput(request, staging, await write(staging, name), platform);
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

  it('fills an empty directory that is reached through a link', async () => {
    mkdirSync(join(folder, 'real'));
    symlinkSync('real', target());
    await publish('one');
    expect(readdirSync(join(folder, 'real')).sort()).toEqual(['blobs', 'index.json', 'oci-layout']);
  });
});
