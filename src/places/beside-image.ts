import { formatPlatform, type Platform } from '../oci/index.ts';
import { manifestName } from '../registry/index.ts';
import { hasPath, type Location, type PathLocation } from './location.ts';

/**
 * Where a document about an image is kept: `hello.evidence.json` beside `hello.tar`, or beside the layout `hello/`. Each
 * image of a container that was chosen by its name has one of its own: `all.hello_1.receipt.json`; so has each of an index,
 * by its platform: `hello.linux_arm64.evidence.json`.
 */
export function besideImage(location: Location, kind: 'evidence' | 'receipt', platform?: Platform): string {
  const of = platform === undefined ? [] : [formatPlatform(platform)];
  if (!hasPath(location)) return [nameInFolder(location), ...of.map(inFileName), kind, 'json'].join('.');
  const beside = location.path.replace(/\/+$/, '').replace(/\.tar$/, '');
  const name = 'name' in location ? location.name : undefined;
  const words = [...(name === undefined ? [] : [name]), ...of].map(inFileName);
  return [beside, ...words, kind, 'json'].join('.');
}

const inFileName = (word: string): string => word.replace(/[^\w.-]/g, '_');

/** Of what is in no folder, in the current one: `hello.1`, or the digest in the place of the tag; of an engine `hello_1`. */
function nameInFolder(location: Exclude<Location, PathLocation>): string {
  if (location.kind === 'stdin') return 'stdin';
  if (location.kind === 'engine') return inFileName(location.name.split('/').at(-1) ?? '');
  const { reference } = location;
  const name = reference.repository.split('/').at(-1) ?? '';
  return inFileName(`${name}.${manifestName(reference)}`);
}
