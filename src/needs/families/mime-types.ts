import { needFamily } from '../need-family.ts';

/** Content types by file extension, which Go reads from several files. */
export const mimeTypes = needFamily({
  need: 'mime-types',
  signatures: [{ find: 'go-function', anyOf: ['mime.TypeByExtension'], level: 'possible' }],
  failure: 'file extensions beyond the few that are built in have no content type',
  fix: '/etc/mime.types (74 kB), or mime.AddExtensionType in the program',
  sizeBytes: 74_000,
  places: () => ['/etc/mime.types'],
});
