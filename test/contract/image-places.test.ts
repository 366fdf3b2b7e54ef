import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imageTree } from '../../src/layers/image-tree.ts';
import { unpackImage } from '../../src/layers/unpack-image.ts';
import { openImage, openImages } from '../../src/places/open-image.ts';
import { validateImage } from '../../src/places/validate-image.ts';
import { writeImage } from '../../src/places/write-image.ts';
import { directoryTree, type FileTree } from '../../src/rootfs/index.ts';
import { type Engine, startDocker, startPodman } from '../engines.ts';
import { compileProbe, hostFile, sampleRequest, textFile } from '../image-fixtures.ts';
import { hasTool, requireInCi } from '../reference-tools.ts';
import { runToolOk } from '../run-tool.ts';

/** One suite for every place where an image can be written; then the same archive in the engines. */
const work = mkdtempSync(join(tmpdir(), 'morsel-places-'));
let program = '';
const isRoot = requireInCi('root', process.getuid?.() === 0);

beforeAll(() => {
  program = compileProbe(work);
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Every path with kind, mode, owner, size or target: two trees are equal when their lines are. */
function describeTree(tree: FileTree, path = '/'): string[] {
  return tree.list(path).flatMap((name) => {
    const child = path === '/' ? `/${name}` : `${path}/${name}`;
    const entry = tree.lstat(child);
    if (entry === null) throw new Error(`${child} is listed, but not there`);
    const { kind, mode, uid, gid, sizeBytes, target } = entry;
    const what =
      kind === 'symlink'
        ? `-> ${target}`
        : kind === 'file'
          ? `${mode.toString(8)} ${sizeBytes}`
          : mode.toString(8);
    return [
      `${child} ${kind} ${what} ${uid}:${gid}`,
      ...(kind === 'directory' ? describeTree(tree, child) : []),
    ];
  });
}

const EXPECTED_PATHS = (programBytes: number): string[] => [
  '/data directory 755 0:0',
  '/data/Főtanúsítvány.crt file 644 10 0:0',
  '/data/deep directory 755 0:0',
  '/data/deep/file file 644 8 0:0',
  '/data/empty file 644 0 0:0',
  '/data/link symlink -> deep/file 0:0',
  `/data/${'long-name-'.repeat(12)} file 644 4 0:0`,
  '/data/owned file 640 1 1000:1001',
  `/probe file 755 ${programBytes} 0:0`,
  '/tmp directory 1777 0:0',
];

describe.each(['archive', 'layout'] as const)('an image in an %s', (kind) => {
  const path = join(work, kind === 'archive' ? 'image.tar' : 'layout');
  const output = { kind, path, references: ['probe', 'ghcr.io/example/probe:1.0'] };

  it('is written whole: sizes, digests, names', async () => {
    const written = await writeImage(sampleRequest(program, output));
    const programBytes = statSync(program).size;
    expect(written.size.uncompressedBytes).toBe(programBytes + 8 + 1 + 4 + 10);
    expect(written.size.files).toBe(7);
    expect(written.size.compressedBytes).toBe(written.layers[0]?.descriptor.size);
    expect(written.references).toEqual(['probe:latest', 'ghcr.io/example/probe:1.0']);
    const image = await openImage(path);
    expect(image.manifestDescriptor.digest).toBe(written.manifestDigest);
    expect(image.manifest.config.digest).toBe(written.configDigest);
    expect(image.references).toEqual(written.references);
    expect(image.config.config).toMatchObject({
      User: '65532:65532',
      StopSignal: 'SIGINT',
      WorkingDir: '/data',
    });
    expect(image.manifest.annotations).toEqual({ 'org.opencontainers.image.title': 'probe' });
    expect(await validateImage(image)).toEqual([]);
    image.close();
  });

  it('is chosen by name and platform, or not at all', async () => {
    (await openImage(path, { reference: 'probe' })).close();
    await expect(openImage(path, { reference: 'other' })).rejects.toThrow(/no image named other/);
    const platform = { os: 'linux', architecture: 'arm64' };
    await expect(openImage(path, { platform })).rejects.toThrow(/no image for linux\/arm64/);
    expect((await openImages(path)).map((image) => image.close())).toHaveLength(1);
  });

  it('is the same tree read in place and unpacked', async () => {
    const image = await openImage(path);
    const tree = await imageTree(image);
    const root = join(work, `${kind}-root`);
    const unpacked = await unpackImage(image, root);
    const lines = describeTree(tree);
    expect(lines.sort()).toEqual(EXPECTED_PATHS(statSync(program).size).sort());
    if (isRoot) expect(describeTree(directoryTree(root)).sort()).toEqual(lines);
    expect(unpacked).toMatchObject({ root, files: 8 - 1, skippedDevices: [], skippedXattrs: [] });
    const content = tree.open('/data/link');
    expect(content?.read(0, 100).toString()).toBe('content\n');
    expect(readFileSync(join(root, 'data/link'), 'utf8')).toBe('content\n');
    expect(lstatSync(join(root, 'probe')).mtimeMs).toBe(0);
    expect(readFileSync(join(root, 'probe')).equals(readFileSync(program))).toBe(true);
    tree.close();
    image.close();
  });

  it.skipIf(!hasTool('skopeo'))('is read by skopeo', async () => {
    const source = kind === 'archive' ? `oci-archive:${path}:probe:latest` : `oci:${path}:probe:latest`;
    const inspected = JSON.parse(await runToolOk('skopeo', ['inspect', source])) as Record<string, unknown>;
    const image = await openImage(path);
    expect(inspected).toMatchObject({
      Digest: image.manifestDescriptor.digest,
      Architecture: 'amd64',
      Os: 'linux',
    });
    image.close();
    const copy = join(work, `${kind}-copy`);
    await runToolOk('skopeo', ['copy', '--insecure-policy', '-q', source, `oci:${copy}:x`]);
    const copied = await openImage(copy);
    expect(copied.manifestDescriptor.digest).toBe(image.manifestDescriptor.digest);
    copied.close();
    if (kind === 'archive') {
      await runToolOk('skopeo', ['inspect', `docker-archive:${path}:probe:latest`]);
      const saved = join(work, 'skopeo-docker.tar');
      await runToolOk('skopeo', [
        'copy',
        '--insecure-policy',
        '-q',
        source,
        `docker-archive:${saved}:probe:2`,
      ]);
      const reopened = await openImage(saved);
      expect(await validateImage(reopened)).toEqual([]);
      expect(reopened.config.rootfs).toEqual(image.config.rootfs);
      reopened.close();
    }
  });

  it('leaves nothing behind when a file is missing, cut off, or the signal comes', async () => {
    const folder = join(work, `${kind}-failures`);
    mkdirSync(folder);
    const target = { kind, path: join(folder, 'image'), references: [] };
    const request = sampleRequest(program, target);
    const gone = { ...textFile('/gone', 'abc'), sizeBytes: 5 };
    const withGone = { ...request, layers: [{ kind: 'entries' as const, entries: [gone] }] };
    await expect(writeImage(withGone)).rejects.toThrow(expect.objectContaining({ code: 'UNREADABLE' }));
    expect(readdirSync(folder)).toEqual([]);
    const signal = AbortSignal.abort();
    await expect(writeImage({ ...request, signal })).rejects.toThrow(
      expect.objectContaining({ code: 'INTERRUPTED' }),
    );
    expect(readdirSync(folder)).toEqual([]);
    const controller = new AbortController();
    const slow = {
      ...hostFile('/big', program),
      open: () => (controller.abort(), hostFile('/big', program).open()),
    };
    const aborting = {
      ...request,
      signal: controller.signal,
      layers: [{ kind: 'entries' as const, entries: [slow] }],
    };
    await expect(writeImage(aborting)).rejects.toThrow(expect.objectContaining({ code: 'INTERRUPTED' }));
    expect(readdirSync(folder)).toEqual([]);
    const nowhere = { ...request, output: { ...target, path: '/proc/nowhere/image' } };
    await expect(writeImage(nowhere)).rejects.toThrow(expect.objectContaining({ code: 'WRITE_FAILED' }));
  });

  it('stays as it was when the next build fails', async () => {
    const before = await openImage(path);
    const broken = {
      ...sampleRequest(program, output),
      layers: [{ kind: 'entries' as const, entries: [{ ...textFile('/x', 'x'), sizeBytes: 9 }] }],
    };
    await expect(writeImage(broken)).rejects.toThrow();
    const after = await openImage(path);
    expect(after.manifestDescriptor.digest).toBe(before.manifestDescriptor.digest);
    expect(await validateImage(after)).toEqual([]);
    before.close();
    after.close();
  });
});

describe('a layout', () => {
  it.skipIf(!hasTool('umoci') || !isRoot)('is unpacked by umoci to the same tree', async () => {
    const bundle = join(work, 'bundle');
    await runToolOk('umoci', ['unpack', '--image', `${join(work, 'layout')}:probe:latest`, bundle]);
    expect(describeTree(directoryTree(join(bundle, 'rootfs'))).sort()).toEqual(
      EXPECTED_PATHS(statSync(program).size).sort(),
    );
    const config = JSON.parse(readFileSync(join(bundle, 'config.json'), 'utf8')) as {
      process: Record<string, unknown>;
    };
    expect(config.process).toMatchObject({
      args: ['/probe', 'one'],
      cwd: '/data',
      user: { uid: 65532, gid: 65532 },
    });
  });

  it('takes a second image, and replaces one of the same name', async () => {
    const path = join(work, 'shared-layout');
    const request = (reference: string, text: string) => ({
      ...sampleRequest(program, { kind: 'layout' as const, path, references: [reference] }),
      layers: [{ kind: 'entries' as const, entries: [textFile('/text', text)] }],
    });
    await writeImage(request('a', '1'));
    await writeImage(request('b', '2'));
    const replaced = await writeImage(request('a', '3'));
    const images = await openImages(path);
    expect(images.map((image) => image.references)).toEqual([['b:latest'], ['a:latest']]);
    expect(images[1]?.manifestDescriptor.digest).toBe(replaced.manifestDigest);
    for (const image of images) image.close();
    await expect(openImage(path)).rejects.toThrow(/several images: b:latest .*, a:latest/);
  });

  it('is not written into a folder that holds something else', async () => {
    const path = join(work, 'occupied');
    mkdirSync(path);
    writeFileSync(join(path, 'precious'), 'x');
    await expect(
      writeImage(sampleRequest(program, { kind: 'layout', path, references: [] })),
    ).rejects.toThrow(expect.objectContaining({ code: 'WRITE_FAILED' }));
    expect(readdirSync(path)).toEqual(['precious']);
  });
});

describe('an archive', () => {
  const path = join(work, 'image.tar');

  it.skipIf(!hasTool('tar'))('is listed by GNU tar without a word', async () => {
    const listing = execFileSync('tar', ['tvf', path], {
      encoding: 'utf8',
      env: { ...process.env, TZ: 'UTC' },
    });
    expect(listing.split('\n').map((line) => line.split(/\s+/).at(-1))).toEqual(
      expect.arrayContaining(['index.json', 'manifest.json', 'oci-layout']),
    );
    expect(listing).not.toMatch(/20[0-9][0-9]-/);
  });

  it('is opened compressed, too', async () => {
    const plain = await openImage(path);
    for (const tool of ['gzip', 'zstd']) {
      const packed = join(work, `image.${tool}`);
      if (tool === 'zstd' && !hasTool('zstd')) continue;
      writeFileSync(packed, execFileSync(tool, ['-c', path], { maxBuffer: 2 ** 30 }));
      const image = await openImage(packed);
      expect(image.manifestDescriptor.digest).toBe(plain.manifestDescriptor.digest);
      expect(await validateImage(image)).toEqual([]);
      image.close();
    }
    plain.close();
  });

  it('that is cut off, or no archive, is told by name', async () => {
    const cut = join(work, 'cut.tar');
    writeFileSync(cut, readFileSync(path));
    truncateSync(cut, 5000);
    await expect(openImage(cut)).rejects.toThrow(expect.objectContaining({ code: 'TAR_INVALID' }));
    await expect(openImage(program)).rejects.toThrow(expect.objectContaining({ code: 'TAR_INVALID' }));
    await expect(openImage(join(work, 'none.tar'))).rejects.toThrow(
      expect.objectContaining({ code: 'NOT_FOUND' }),
    );
    const other = join(work, 'other.tar');
    execFileSync('tar', ['-C', work, '-cf', other, 'probe.c']);
    await expect(openImage(other)).rejects.toThrow(expect.objectContaining({ code: 'IMAGE_INVALID' }));
  });

  it('with one byte changed is refused, whichever it is', async () => {
    const bytes = readFileSync(path);
    const image = await openImage(path);
    const layer = image.manifest.layers[0];
    image.close();
    const positions = [layer?.digest, image.manifest.config.digest, image.manifestDescriptor.digest].map(
      (digest) => bytes.indexOf(`blobs/sha256/${digest?.slice(7)}`) + 512 + 40,
    );
    for (const position of positions) {
      const damaged = join(work, 'damaged.tar');
      const changed = Buffer.from(bytes);
      changed.writeUInt8((changed.readUInt8(position) + 1) % 256, position);
      writeFileSync(damaged, changed);
      const attempt = async (): Promise<number> => {
        const opened = await openImage(damaged);
        const problems = await validateImage(opened);
        await expect(unpackImage(opened, join(work, 'damaged-root'))).rejects.toThrow();
        expect(existsSync(join(work, 'damaged-root'))).toBe(false);
        opened.close();
        return problems.length;
      };
      const problems = await attempt().catch((error: { code: string }) =>
        error.code === 'DIGEST_MISMATCH' ? 1 : 0,
      );
      expect(problems).toBeGreaterThan(0);
    }
  });

  it('keeps manifest and config of a one-file image within 900 bytes', async () => {
    const small = await writeImage({
      layers: [{ kind: 'entries', entries: [hostFile('/hello', program)] }],
      platform: { os: 'linux', architecture: 'amd64' },
      config: {
        User: '65532:65532',
        Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
        Entrypoint: ['/hello'],
      },
      output: { kind: 'archive', path: join(work, 'small.tar'), references: ['hello'] },
    });
    expect(small.manifest.size + small.config.size).toBeLessThanOrEqual(900);
    expect(small.size.uncompressedBytes).toBe(statSync(program).size);
  });

  it.each(['gzip', 'none'] as const)('builds on the layers of another image (%s)', async (compression) => {
    const base = await openImage(path);
    const onTop = join(work, `on-top-${compression}.tar`);
    await writeImage({
      ...sampleRequest(program, { kind: 'archive', path: onTop, references: ['on-top'] }),
      layers: [
        { kind: 'image-layer', image: base, layerIndex: 0 },
        { kind: 'entries', entries: [textFile('/data/deep/more', 'more')] },
      ],
      compression,
    });
    const image = await openImage(onTop);
    expect(image.manifest.layers[0]).toEqual(base.manifest.layers[0]);
    expect(await validateImage(image)).toEqual([]);
    const tree = await imageTree(image);
    expect(tree.list('/data/deep')).toEqual(['file', 'more']);
    tree.close();
    image.close();
    base.close();
  });
});

const engines: readonly [string, boolean, (directory: string) => Promise<Engine>][] = [
  ['docker', isRoot && hasTool('dockerd'), startDocker],
  ['podman', isRoot && hasTool('podman'), startPodman],
];
describe.each(engines)('%s', (name, isHere, start) => {
  let engine: Engine | undefined;
  beforeAll(async () => {
    if (isHere) engine = await start(join(work, name));
  });
  afterAll(async () => engine?.stop());

  it.skipIf(!isHere).each(['gzip', 'none'] as const)(
    'loads the archive and runs it as its numeric user (%s)',
    async (compression) => {
      const path = join(work, `${name}-${compression}.tar`);
      const reference = `engine-probe:${compression}`;
      const request = sampleRequest(program, { kind: 'archive', path, references: [reference] });
      const written = await writeImage({ ...request, compression });
      expect(await engine?.load(path)).toContain(reference);
      expect(await engine?.imageIds()).toContain(written.configDigest.slice('sha256:'.length));
      const result = await engine?.run(reference, []);
      expect(result).toMatchObject({ exitCode: 0, stdout: 'uid=65532 gid=65532 cwd=/data args=2\n' });
    },
  );
});

it.skipIf(!isRoot || !hasTool('dockerd'))('docker save, old form, is opened', async () => {
  const docker = await startDocker(join(work, 'docker-save'));
  try {
    await docker.load(join(work, 'image.tar'));
    const env = { ...process.env, DOCKER_HOST: `unix://${join(work, 'docker-save', 'docker.sock')}` };
    const saved = join(work, 'saved.tar');
    await runToolOk('docker', ['save', '-o', saved, 'probe:latest'], { env });
    const image = await openImage(saved);
    const original = await openImage(join(work, 'image.tar'));
    expect(image.references).toEqual(['probe:latest']);
    expect(image.config.rootfs).toEqual(original.config.rootfs);
    expect(await validateImage(image)).toEqual([]);
    const root = join(work, 'saved-root');
    await unpackImage(image, root);
    expect(readlinkSync(join(root, 'data/link'))).toBe('deep/file');
    image.close();
    original.close();
  } finally {
    await docker.stop();
  }
});
