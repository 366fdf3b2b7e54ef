import { memoryByteSource } from '../../core/byte-source.ts';
import type { FileTree } from '../../rootfs/file-tree.ts';
import type { LayerEntry, LayerFile } from '../../rootfs/layer-entry.ts';
import { type FoundNeed, hostFile, reasonOf, textFile } from '../supply.ts';
import { BUNDLE } from './bundle-places.ts';
import { encodeCertificate, pemBlocks } from './pem.ts';
import { subjectHash } from './subject-hash.ts';

/** The public bundle has 220 kB. */
const BUNDLE_LIMIT_BYTES = 16 * 1024 * 1024;

/**
 * The bundle of this machine, with the authorities that are added behind it. null where there is neither.
 * @param from the machine's; null: it has none.
 */
export function bundleEntry(
  host: FileTree,
  from: string | null,
  authorities: readonly string[],
  need: FoundNeed,
): LayerFile | null {
  if (authorities.length === 0) return from === null ? null : hostFile(host, from, BUNDLE, need);
  const publicOnes = from === null ? '' : readText(host, from);
  const bytes = Buffer.from(joined(publicOnes, authorities));
  const origin = from === null ? '' : `; after ${from} of the build machine`;
  return {
    kind: 'file',
    path: BUNDLE,
    mode: 0o644,
    sizeBytes: bytes.length,
    reason: `${reasonOf(need)}${origin}`,
    open: () => memoryByteSource(bytes, BUNDLE),
  };
}

/** A certificate that is among the public ones already is not there twice. */
function joined(publicOnes: string, authorities: readonly string[]): string {
  const known = new Set(certificatesIn(publicOnes));
  const others = authorities.filter((pem) => !known.has(pem));
  const start = publicOnes === '' || publicOnes.endsWith('\n') ? publicOnes : `${publicOnes}\n`;
  return [start, ...others].join('');
}

/** Each authority in a file of its own, by the hash of its name: `4042bcee.0` (openssl-rehash(1)). */
export function hashedEntries(bundle: LayerFile, directory: string, need: FoundNeed): readonly LayerEntry[] {
  const source = bundle.open();
  const text = source.read(0, Math.min(source.sizeBytes, BUNDLE_LIMIT_BYTES)).toString('latin1');
  source.close();
  const byHash = new Map<string, number>();
  return certificatesIn(text).flatMap((pem) => {
    const [block] = pemBlocks(pem);
    const hash = block?.der == null ? null : subjectHash(block.der);
    if (hash === null) return [];
    const number = byHash.get(hash) ?? 0;
    byHash.set(hash, number + 1);
    return [textFile(`${directory}/${hash}.${number}`, pem, need)];
  });
}

/** Sorted, so that those with one hash have the same numbers whatever their order. */
function certificatesIn(text: string): readonly string[] {
  const blocks = pemBlocks(text).filter(({ label }) => label === 'CERTIFICATE');
  return [...new Set(blocks.flatMap(({ der }) => (der === null ? [] : encodeCertificate(der))))].sort();
}

function readText(host: FileTree, path: string): string {
  const source = host.open(path);
  if (source === null) return '';
  try {
    return source.read(0, Math.min(source.sizeBytes, BUNDLE_LIMIT_BYTES)).toString('latin1');
  } finally {
    source.close();
  }
}
