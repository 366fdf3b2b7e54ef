import { manifestName } from '../registry/index.ts';
import type { Location, RegistryLocation } from './location.ts';

/**
 * Where a document about an image is kept: `hello.evidence.json` beside `hello.tar`, or beside the layout `hello/`. Each
 * image of a container that was chosen by its name has one of its own: `all.hello_1.receipt.json`.
 */
export function besideImage(location: Location, kind: 'evidence' | 'receipt'): string {
  if (location.kind === 'registry') return `${nameInFolder(location)}.${kind}.json`;
  const beside = location.path.replace(/\/+$/, '').replace(/\.tar$/, '');
  const name = 'name' in location ? location.name : undefined;
  return `${[beside, ...(name === undefined ? [] : [name.replace(/[^\w.-]/g, '_')])].join('.')}.${kind}.json`;
}

/** Of what is in no folder, in the current one: `hello.1`, or the digest in the place of the tag. */
function nameInFolder({ reference }: RegistryLocation): string {
  const name = reference.repository.split('/').at(-1) ?? '';
  return `${name}.${manifestName(reference)}`.replace(/[^\w.-]/g, '_');
}
