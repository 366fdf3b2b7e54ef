import type { TreeReport } from '../../index.ts';
import { formatBytes } from './format-size.ts';
import { type Column, formatTable } from './table.ts';
import { type Text, text } from './text.ts';

type ImageReport = NonNullable<TreeReport['image']>;

/** What an image is beside its files. */
export function imageLines({ image }: TreeReport): readonly Text[] {
  if (image === null) return [];
  return [
    formatTable([{ title: '' }, { title: '' }], settingRows(image), '  '),
    text`  layers`,
    formatTable(LAYER_COLUMNS, layerRows(image), '    '),
  ];
}

function settingRows(image: ImageReport): readonly (readonly string[])[] {
  const { config } = image;
  const words = (list: readonly string[]): string | null => (list.length === 0 ? null : JSON.stringify(list));
  const rows: readonly (readonly [string, string | null])[] = [
    ['digest', image.digest],
    ['names', image.references.join(', ') || null],
    ['platform', image.platform],
    ['runs here', image.emulation],
    ['created', image.created],
    ['entrypoint', words(config.entrypoint)],
    ['cmd', words(config.cmd)],
    ['user', config.user === '' ? 'not said: root' : config.user],
    ['workdir', config.workingDirectory],
    ['stop signal', config.stopSignal],
    ['ports', config.ports.join(', ') || null],
    ['volumes', config.volumes.join(', ') || null],
    ...config.env.map((variable) => ['env', variable] as const),
    ...Object.entries(config.labels).map(([name, value]) => ['label', `${name}=${value}`] as const),
  ];
  return rows.filter((row): row is readonly [string, string] => row[1] !== null);
}

const LAYER_COLUMNS: readonly Column[] = [
  { title: 'Digest' },
  { title: 'Compressed', align: 'right' },
  { title: 'Uncompressed', align: 'right' },
  { title: 'Files', align: 'right' },
];

function layerRows({ layers }: ImageReport): readonly (readonly string[])[] {
  return layers.map(({ digest, compressedBytes, uncompressedBytes, files }) => [
    digest,
    formatBytes(compressedBytes),
    formatBytes(uncompressedBytes),
    String(files),
  ]);
}

/** Who starts one of these has more rights than before. */
export function privilegedLines({ privileged }: TreeReport): readonly Text[] {
  if (privileged.length === 0) return [];
  const rows = privileged.map(({ path, mode, uid, gid, setuid, setgid, capabilities }) => {
    const rights = [
      setuid ? `setuid ${uid}` : '',
      setgid ? `setgid ${gid}` : '',
      capabilities === null ? '' : `capabilities ${capabilities}`,
    ];
    return [path, mode, rights.filter((right) => right !== '').join(', ')];
  });
  return [
    text`starts with more rights than its user has`,
    formatTable([{ title: '' }, { title: '' }, { title: '' }], rows, '  '),
  ];
}

/** `--files`, as `ls -n` has them. */
export function entryLines({ entries }: TreeReport): readonly Text[] {
  if (entries === null) return [];
  const rows = entries.map(({ path, kind, mode, uid, gid, sizeBytes, target }) => [
    `${KIND_LETTER[kind]}${mode}`,
    `${uid}:${gid}`,
    kind === 'file' ? formatBytes(sizeBytes) : '',
    target === null ? path : `${path} -> ${target}`,
  ]);
  const columns = [{ title: '' }, { title: '' }, { title: '', align: 'right' as const }, { title: '' }];
  return [text`every path: mode, owner, size`, formatTable(columns, rows, '  ')];
}

const KIND_LETTER = { file: '-', directory: 'd', symlink: 'l', other: '?' } as const;
