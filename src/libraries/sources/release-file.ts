import { MorselError } from '../../core/errors.ts';
import { parseStanzas } from './control-file.ts';

/** What a Release file says of one index. */
export interface IndexFile {
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

export interface ReleaseFile {
  readonly codename: string;
  /** null: it says none. */
  readonly validUntil: Date | null;
  readonly indexes: ReadonlyMap<string, IndexFile>;
}

/** Of a Release file whose signature was verified. Pure. Error: NETWORK. */
export function parseRelease(text: string, url: string): ReleaseFile {
  const [stanza] = parseStanzas(text);
  const codename = stanza?.get('codename');
  const digests = stanza?.get('sha256');
  if (stanza === undefined || codename === undefined || digests === undefined)
    throw unusable(url, 'names no codename or no digests');
  const until = stanza.get('valid-until');
  const validUntil = until === undefined ? null : new Date(until);
  if (validUntil !== null && Number.isNaN(validUntil.getTime()))
    throw unusable(url, 'has a Valid-Until that is no date');
  const indexes = new Map<string, IndexFile>();
  for (const line of digests.split('\n')) {
    const match = /^([0-9a-f]{64})\s+(\d{1,12})\s+(\S+)$/.exec(line);
    if (match === null) continue;
    const [, sha256 = '', size = '', name = ''] = match;
    indexes.set(name, { name, sha256, sizeBytes: Number(size) });
  }
  return { codename, validUntil, indexes };
}

function unusable(url: string, what: string): MorselError {
  return new MorselError('NETWORK', `${url} ${what}`, {
    hint: 'name another mirror: MORSEL_DEBIAN_MIRROR=http://HOST/debian',
  });
}
