import { needFamily } from '../need-family.ts';
import { entries, firstHostFile, missing, type Supplier } from '../supply.ts';

const MAGIC = '/usr/share/misc/magic.mgc';
const PLACES = [MAGIC, '/usr/lib/file/magic.mgc'];

const supply: Supplier = (need, { host }) => {
  const file = firstHostFile(host, PLACES, MAGIC, need);
  return file === null
    ? missing('the build machine has no magic.mgc', 'apt-get install libmagic-mgc')
    : entries(file);
};

/** The database of libmagic. */
export const magic = needFamily({
  need: 'magic',
  signatures: [{ find: 'symbol', anyOf: ['magic_load'], level: 'likely' }],
  failure: 'could not find any valid magic files!',
  fix: '/usr/share/misc/magic.mgc (8.28 MB)',
  sizeBytes: 8_280_000,
  paths: PLACES,
  brings: `\`${MAGIC}\``,
  places: () => PLACES,
  supply,
});
