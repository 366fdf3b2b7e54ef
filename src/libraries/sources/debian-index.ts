import { MorselError } from '../../core/errors.ts';
import { compareDebianVersions } from './debian-version.ts';
import type { DebianMirrors } from './apt-mirrors.ts';
import { parseStanzas } from './control-file.ts';
import { decompressFile } from './decompress-file.ts';
import { type DownloadStore, type StoreOptions } from './download-store.ts';
import { httpGet } from './http-get.ts';
import type { KeptReleases } from './kept-releases.ts';
import { parseRelease } from './release-file.ts';
import { type DebianSource, parseSourceStanza } from './source-stanza.ts';
import { verifySignature } from './verify-signature.ts';

/** The release of Debian whose sources the table's recipes were written for. */
export const DEBIAN_RELEASE = 'bookworm';

const RELEASE_LIMIT_BYTES = 4 * 1024 * 1024;
/** Of Sources, unpacked: 51 MB in 2026. */
const INDEX_LIMIT_BYTES = 512 * 1024 * 1024;

/** A version of a source package, and the archive whose pool has it. */
export interface Candidate {
  readonly source: DebianSource;
  /** Of the archive's root, without a slash at its end. */
  readonly archive: string;
  readonly suite: string;
}

export interface IndexOptions extends StoreOptions {
  readonly mirrors: DebianMirrors;
  readonly store: DownloadStore;
  readonly releases: KeptReleases;
  readonly keyring?: string | undefined;
  /** For tests of what is past. */
  readonly now?: Date | undefined;
}

/**
 * Every version of these source packages that the release, its updates and its security updates have, the highest first.
 * Each index is taken by its digest from a Release file that Debian's archive has signed. Errors: SIGNATURE_INVALID,
 * NETWORK, DIGEST_MISMATCH, TOOLCHAIN_MISSING, and those of the store.
 */
export async function findDebianSources(
  packages: ReadonlySet<string>,
  options: IndexOptions,
): Promise<ReadonlyMap<string, readonly Candidate[]>> {
  const found = new Map<string, Candidate[]>();
  for (const { archive, suite } of suitesOf(options.mirrors)) {
    const path = await fetchIndex(archive, suite, options);
    for await (const source of readIndex(path, packages)) {
      const all = found.get(source.package) ?? [];
      all.push({ source, archive, suite });
      found.set(source.package, all);
    }
  }
  // Stable: of one version in two archives, that of the main one, which more mirrors have.
  for (const all of found.values())
    all.sort((a, b) => compareDebianVersions(b.source.version, a.source.version));
  return found;
}

interface Suite {
  readonly archive: string;
  readonly suite: string;
}

function suitesOf({ main, security }: DebianMirrors): readonly Suite[] {
  return [
    { archive: main, suite: DEBIAN_RELEASE },
    { archive: main, suite: `${DEBIAN_RELEASE}-updates` },
    { archive: security, suite: `${DEBIAN_RELEASE}-security` },
  ];
}

const INDEX = 'main/source/Sources.xz';

async function fetchIndex(archive: string, suite: string, options: IndexOptions): Promise<string> {
  const folder = `${archive}/dists/${suite}`;
  const url = `${folder}/InRelease`;
  const signed = await signedRelease(url, suite, options);
  const text = await verifySignature(signed, { url, keyring: options.keyring, signal: options.signal });
  const release = parseRelease(text, url);
  // The archive of another release, signed as well, under this one's name.
  if (release.codename !== suite && release.codename !== DEBIAN_RELEASE)
    throw otherRelease(url, release.codename);
  if (release.validUntil !== null && release.validUntil < (options.now ?? new Date()))
    throw expired(url, release.validUntil);
  const index = release.indexes.get(INDEX);
  if (index === undefined)
    throw new MorselError('NETWORK', `${url} has no ${INDEX}`, {
      hint: 'name another mirror: MORSEL_DEBIAN_MIRROR=http://HOST/debian',
    });
  const { sha256, sizeBytes } = index;
  const path = await options.store.get(
    { url: `${folder}/main/source/by-hash/SHA256/${sha256}`, sha256, sizeBytes },
    options,
  );
  options.releases.keep(suite, archive, signed);
  return path;
}

async function signedRelease(url: string, suite: string, options: IndexOptions): Promise<Buffer> {
  const archive = url.slice(0, url.indexOf('/dists/'));
  if (options.offline) return options.releases.read(suite, archive);
  const pieces: Uint8Array[] = [];
  const receiver = {
    start: () => void (pieces.length = 0),
    take: (piece: Uint8Array) => void pieces.push(piece),
  };
  await httpGet(url, receiver, { limitBytes: RELEASE_LIMIT_BYTES, signal: options.signal });
  return Buffer.concat(pieces);
}

async function* readIndex(path: string, packages: ReadonlySet<string>): AsyncGenerator<DebianSource> {
  const pieces: Buffer[] = [];
  for await (const piece of decompressFile(path, 'Sources.xz', INDEX_LIMIT_BYTES)) pieces.push(piece);
  const text = Buffer.concat(pieces).toString('utf8');
  // Of tens of thousands of paragraphs a few are wanted: those are found before anything is parsed.
  for (const name of packages) {
    for (
      let at = text.indexOf(`Package: ${name}\n`);
      at >= 0;
      at = text.indexOf(`Package: ${name}\n`, at + 1)
    ) {
      if (at > 0 && text[at - 1] !== '\n') continue;
      const end = text.indexOf('\n\n', at);
      const [stanza] = parseStanzas(text.slice(at, end < 0 ? undefined : end));
      const source = stanza === undefined ? null : parseSourceStanza(stanza);
      if (source !== null) yield source;
    }
  }
}

function otherRelease(url: string, codename: string): MorselError {
  return new MorselError('SIGNATURE_INVALID', `${url} is signed as the release of ${codename}`, {
    hint: 'the mirror gives another release than it was asked for: name another one with MORSEL_DEBIAN_MIRROR',
  });
}

function expired(url: string, until: Date): MorselError {
  return new MorselError('SIGNATURE_INVALID', `${url} was valid until ${until.toISOString()}`, {
    hint: 'the mirror is old, or holds updates back: name another one with MORSEL_DEBIAN_MIRROR, and check this machine’s clock; with --offline, build once without it',
  });
}
