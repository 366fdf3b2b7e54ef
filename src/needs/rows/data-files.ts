import type { NeedRow } from '../need-row.ts';

/** Databases that libraries read. */
export const dataFilesRows: readonly NeedRow[] = [
  {
    need: 'magic',
    signatures: [{ find: 'symbol', anyOf: ['magic_load'], level: 'likely' }],
    failure: 'could not find any valid magic files!',
    fix: '/usr/share/misc/magic.mgc (8.28 MB)',
    sizeBytes: 8_280_000,
  },
  {
    need: 'mime-types',
    signatures: [{ find: 'go-function', anyOf: ['mime.TypeByExtension'], level: 'possible' }],
    failure: 'file extensions beyond the few that are built in have no content type',
    fix: '/etc/mime.types (74 kB), or mime.AddExtensionType in the program',
    sizeBytes: 74_000,
  },
];
