import { deflateRawSync, gzipSync } from 'node:zlib';
import { TAR_END, tarMember } from '../archive-builder.ts';
import {
  dockerArchiveFiles,
  type HostileImage,
  type HostileLayer,
  type ImageFiles,
  layoutFiles,
  MEDIA,
  plain,
} from '../image-builder.ts';
import { json, RawLayout } from '../../raw-layout.ts';
import type { Dice } from './dice.ts';
import { EVIL_TEXT, idText, linkTarget, type Targets, text, wildCount } from './hostile-words.ts';
import { hostileMembers, layerEnd, mutateTar } from './layers.ts';

/** Images in every form, in which layers, documents and the ways between them lie. */
export interface GeneratedImage {
  readonly form: 'archive' | 'layout';
  readonly files: ImageFiles;
}

export function hostileImage(dice: Dice, targets: Targets, program: Buffer): GeneratedImage {
  const image: HostileImage = {
    layers: dice.several(1, dice.oneIn(10) ? 40 : 3, () => layer(dice, targets, program)),
    config: dice.oneIn(5) ? runtimeConfig(dice) : {},
    ...(dice.oneIn(20) ? { configuration: document(dice) } : {}),
    ...(dice.oneIn(20) ? { manifest: manifestLies(dice) } : {}),
    ...(dice.oneIn(20) ? { index: indexLies(dice) } : {}),
  };
  if (dice.oneIn(10)) return { form: 'archive', files: dockerArchive(dice, image) };
  const files = dice.oneIn(20) ? nested(dice, image) : layoutFiles(image);
  return { form: dice.oneIn(3) ? 'layout' : 'archive', files: dice.oneIn(12) ? damaged(dice, files) : files };
}

function layer(dice: Dice, targets: Targets, program: Buffer): HostileLayer {
  const app = dice.oneIn(6) ? Buffer.alloc(0) : tarMember({ name: 'app', mode: 0o755, content: program });
  const members = hostileMembers(dice, targets);
  const tar = Buffer.concat([...(dice.oneIn(2) ? [app, members] : [members, app]), layerEnd(dice)]);
  return {
    tar: dice.oneIn(12) ? mutateTar(dice, tar) : tar,
    encode: dice.oneIn(10) ? dice.pick(ENCODINGS)(dice) : dice.pick([plain, gzipped]),
    ...(dice.oneIn(20) ? { mediaType: dice.pick([...Object.values(MEDIA), EVIL_TEXT, '']) } : {}),
    ...(dice.oneIn(30) ? { diffId: `sha256:${'0'.repeat(64)}` } : {}),
  };
}

const gzipped = (tar: Buffer): Buffer => gzipSync(tar, { level: 1 });
const zeros = (mebibytes: number): Buffer => gzipSync(Buffer.alloc(mebibytes * 1024 * 1024), { level: 1 });
const ZSTD_MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** Ways to store a layer that are wrong, endless or both. */
const ENCODINGS: readonly ((dice: Dice) => (tar: Buffer) => Buffer)[] = [
  (dice) => (tar) => gzipped(tar).subarray(0, dice.below(200) + 10),
  (dice) => (tar) => Buffer.concat([gzipped(tar), dice.bytes(dice.below(40))]),
  (dice) => (tar) => Buffer.concat([gzipped(tar), ...dice.several(1, 2000, () => gzipSync(''))]),
  (dice) => (tar) =>
    Buffer.concat([gzipped(tar.subarray(0, tar.length - TAR_END.length)), zeros(1 + dice.below(100))]),
  () => (tar) => deflateRawSync(tar),
  (dice) => () => Buffer.concat([ZSTD_MAGIC, dice.bytes(1 + dice.below(20))]),
  (dice) => () => Buffer.concat([ZSTD_MAGIC, Buffer.from([0, dice.below(256), 3, 0x10, 0, 0])]),
  (dice) => () =>
    Buffer.concat(
      dice.several(1, 20_000, () => Buffer.concat([ZSTD_MAGIC, Buffer.from([0x20, 0, 1, 0, 0])])),
    ),
  (dice) => () =>
    Buffer.concat([
      Buffer.from([0x50 + dice.below(16), 0x2a, 0x4d, 0x18, 0xff, 0xff, 0xff, 0x7f]),
      dice.bytes(9),
    ]),
  (dice) => () => rawZstdBlocks(dice),
];

/** A frame whose blocks repeat one byte, 128 KiB for four bytes each (RFC 8878, RLE_Block). */
function rawZstdBlocks(dice: Dice): Buffer {
  const block = Buffer.alloc(4);
  block.writeUIntLE((128 * 1024 * 8) | 2, 0, 3);
  return Buffer.concat([
    ZSTD_MAGIC,
    Buffer.from([0, 0x38]),
    ...dice.several(1, 2000, () => block),
    Buffer.from([1, 0, 0]),
  ]);
}

function runtimeConfig(dice: Dice): Record<string, unknown> {
  const list = (): readonly string[] =>
    dice.several(0, dice.oneIn(10) ? 20_000 : 4, () => text(dice).slice(0, 200));
  const fields: Record<string, () => unknown> = {
    User: () => idText(dice),
    WorkingDir: () =>
      dice.pick([
        text(dice),
        `/${'w/'.repeat(dice.below(100_000))}`,
        'relative',
        '/proc/self',
        '/dev/null',
        '/app',
      ]),
    Env: () =>
      dice.pick([list(), [`PATH=${list().join(':')}`], ['=', 'A', '=A'], [`LD_PRELOAD=${text(dice)}`]]),
    Entrypoint: () =>
      dice.pick([['app'], ['/app', ...list()], [text(dice)], [], ['/'], ['/dev/stdin'], ['']]),
    Cmd: () => list(),
    StopSignal: () => text(dice),
    ExposedPorts: () => ({ [text(dice)]: {}, '99999/tcp': {} }),
    Volumes: () => Object.fromEntries(list().map((path) => [path, {}])),
    Labels: () => ({ [text(dice)]: text(dice) }),
    ['__proto__']: () => ({ polluted: true }),
  };
  const names = dice.several(1, 4, () => dice.pick(Object.keys(fields)));
  return Object.fromEntries(names.map((name) => [name, dice.oneIn(15) ? oddValue(dice) : fields[name]?.()]));
}

export function oddValue(dice: Dice): unknown {
  return dice.pick<unknown>([
    null,
    true,
    0,
    -1,
    1e308,
    '',
    [],
    {},
    [[]],
    [null],
    { a: { a: {} } },
    wildCount(dice),
    text(dice),
  ]);
}

/** JSON that is deep, wide, wrong, or none at all. */
export function document(dice: Dice): Buffer {
  const depth = 10 ** dice.below(6);
  const make = [
    () => Buffer.from('['.repeat(depth)),
    () => Buffer.from(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`),
    () =>
      Buffer.from(
        `{"architecture":"amd64","os":"linux","rootfs":{"type":"layers"},"x":${'['.repeat(depth)}${']'.repeat(depth)}}`,
      ),
    () => Buffer.from('\uFEFF{"schemaVersion":2}'),
    () =>
      json({
        schemaVersion: wildCount(dice),
        architecture: text(dice),
        os: text(dice),
        rootfs: oddValue(dice),
      }),
    () => Buffer.from('{"__proto__":{"architecture":"amd64"},"constructor":{"prototype":{}}}'),
    () => Buffer.from(`{"a":${'9'.repeat(1000)}}`),
    () => dice.bytes(dice.below(300)),
    () => Buffer.alloc(5 * 1024 * 1024, ' '),
    () => Buffer.alloc(0),
  ];
  return dice.pick(make)();
}

function descriptor(dice: Dice): object {
  return {
    mediaType: dice.pick([...Object.values(MEDIA), text(dice)]),
    digest: dice.pick([
      `sha256:${'0'.repeat(64)}`,
      `sha512:${'0'.repeat(128)}`,
      'sha256:../../../etc/passwd',
      EVIL_TEXT,
    ]),
    size: wildCount(dice),
    ...(dice.oneIn(3) ? { urls: ['http://127.0.0.1:1/x'], data: 'AAAA', platform: oddValue(dice) } : {}),
  };
}

function manifestLies(dice: Dice): object {
  const descriptors = (): readonly object[] =>
    dice.several(0, dice.oneIn(5) ? 5000 : 3, () => descriptor(dice));
  return dice.pick<() => object>([
    () => ({ layers: descriptors() }),
    () => ({ config: descriptor(dice) }),
    () => ({ subject: descriptor(dice), annotations: { [text(dice)]: text(dice) } }),
    () => ({
      [dice.pick(['schemaVersion', 'mediaType', 'layers', 'config', 'annotations'])]: oddValue(dice),
    }),
  ])();
}

function indexLies(dice: Dice): object {
  return dice.pick<() => object>([
    () => ({ manifests: dice.several(0, dice.oneIn(3) ? 4096 : 5, () => descriptor(dice)) }),
    () => ({ [dice.pick(['schemaVersion', 'mediaType', 'manifests', 'annotations'])]: oddValue(dice) }),
    () => ({ annotations: { [text(dice)]: text(dice) } }),
  ])();
}

/** Indexes that list indexes, some of them themselves as far as digests allow. */
function nested(dice: Dice, image: HostileImage): ImageFiles {
  const blobs = new RawLayout();
  let manifests: object[] = [descriptor(dice)];
  const width = dice.pick([1, 2, 50, 1000, 4096]);
  for (let depth = dice.below(6); depth >= 0; depth -= 1) {
    const index = {
      schemaVersion: 2,
      mediaType: MEDIA.index,
      manifests,
      annotations: { depth: String(depth) },
    };
    manifests = Array<object>(width).fill(blobs.blob(MEDIA.index, json(index)));
  }
  return layoutFiles({ ...image, index: { manifests } }, blobs);
}

function dockerArchive(dice: Dice, image: HostileImage): ImageFiles {
  const paths = [
    '0/layer.tar',
    'config.json',
    '../config.json',
    '/etc/passwd',
    'absent',
    'manifest.json',
    EVIL_TEXT,
  ];
  const entries = (): readonly object[] =>
    dice.several(0, dice.oneIn(4) ? 300 : 3, () => ({
      Config: dice.pick(paths),
      RepoTags: dice.pick<unknown>([null, [], [text(dice)], 3]),
      Layers: dice.several(0, dice.oneIn(4) ? 1000 : 3, () => dice.pick(paths)),
    }));
  return dockerArchiveFiles(image, dice.oneIn(2) ? entries() : undefined);
}

/** One file is another one, or gone. */
function damaged(dice: Dice, files: ImageFiles): ImageFiles {
  const name = dice.pick([...files.keys()]);
  const bytes = files.get(name) ?? Buffer.alloc(0);
  const changed = new Map(files);
  const action = dice.below(4);
  if (action === 0) changed.delete(name);
  else if (action === 1) changed.set(name, document(dice));
  else
    changed.set(
      name,
      action === 2 ? mutateTar(dice, bytes) : bytes.subarray(0, dice.below(bytes.length + 1)),
    );
  return changed;
}

/** A path of a layout that is no file: what it is instead. */
export function oddFile(
  dice: Dice,
  targets: Targets,
): { readonly link: string } | { readonly fifo: true } | 'directory' {
  return dice.pick([
    { fifo: true } as const,
    { link: linkTarget(dice, targets) },
    { link: '/dev/zero' },
    'directory' as const,
  ]);
}
