import type { Location } from './location.ts';

/**
 * Where a document about an image is kept: `hello.evidence.json` beside `hello.tar`, or beside the layout `hello/`. Each
 * image of a container that was chosen by its name has one of its own: `all.hello_1.receipt.json`.
 */
export function besideImage(location: Location, kind: 'evidence' | 'receipt'): string {
  const beside = location.path.replace(/\/+$/, '').replace(/\.tar$/, '');
  const name = 'name' in location ? location.name : undefined;
  return `${[beside, ...(name === undefined ? [] : [name.replace(/[^\w.-]/g, '_')])].join('.')}.${kind}.json`;
}
