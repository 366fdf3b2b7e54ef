import { needFamily } from '../need-family.ts';
import { entries, hostFile, missing, type Supplier } from '../supply.ts';

const TYPES = '/etc/mime.types';

const supply: Supplier = (need, { host }) => {
  const file = hostFile(host, TYPES, TYPES, need);
  return file === null
    ? missing(`the build machine has no ${TYPES}`, 'apt-get install media-types')
    : entries(file);
};

/** Content types by file extension, which Go reads from several files. */
export const mimeTypes = needFamily({
  need: 'mime-types',
  signatures: [
    // Every file server of net/http links it, and has the types of the web built in.
    { find: 'go-function', anyOf: ['mime.TypeByExtension'], level: 'possible' },
    { find: 'string', anyOf: [TYPES], when: (facts) => facts.go === null, level: 'likely' },
  ],
  failure: 'file extensions beyond the few that are built in have no content type',
  fix: '/etc/mime.types (74 kB): --with mime-types; or mime.AddExtensionType in the program',
  sizeBytes: 74_000,
  places: () => [TYPES],
  paths: [TYPES],
  brings: `\`${TYPES}\``,
  supply,
});
