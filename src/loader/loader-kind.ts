import { abisOf, muslLoader } from '../core/machine-abis.ts';
import { interpreterKind, systemOfLoader } from '../core/interpreter-kind.ts';
import type { LoaderKind } from './closure.ts';
import { type LinkFacts, machineOf } from './link-facts.ts';
import type { LoaderSession } from './session.ts';

/** Which loader takes part, and at which path; null for a static program. */
export interface ChosenLoader {
  readonly kind: Exclude<LoaderKind, 'none'>;
  readonly path: string;
}

/**
 * PT_INTERP decides. For a shared object without one: what it needs (`libc.so`, `libc.musl-*` is musl; `libc.so.6`,
 * `ld-linux*` is glibc), else the loader that the tree has, else glibc. `asked` is the caller's choice for those.
 */
export function chooseLoader(
  session: LoaderSession,
  link: LinkFacts,
  asked: string | undefined,
): ChosenLoader | null {
  if (link.interpreter !== null) return { kind: kindOf(session, link.interpreter), path: link.interpreter };
  if (link.link !== 'shared' || !link.dynamic) return null;
  if (asked !== undefined) return { kind: kindOf(session, asked), path: asked };
  const musl = muslPaths(link);
  const glibc = glibcPaths(link);
  const present = (paths: readonly string[]): string | undefined =>
    paths.find((path) => session.open(path) !== null);
  const needs = kindByNeeded(link);
  if (needs === 'other')
    return { kind: 'other', path: link.class === 64 ? BIONIC_LOADER_64 : BIONIC_LOADER_32 };
  if (needs === 'musl') return { kind: 'musl', path: present(musl) ?? musl[0] ?? '/lib/ld-musl.so.1' };
  const path = present(glibc);
  if (path !== undefined || needs === 'glibc')
    return { kind: 'glibc', path: path ?? glibc[0] ?? '/lib/ld.so.1' };
  const muslPath = present(musl);
  return muslPath === undefined
    ? { kind: 'glibc', path: glibc[0] ?? '/lib/ld.so.1' }
    : { kind: 'musl', path: muslPath };
}

/** By the name, and where the tree has the file, by what it is: a link named ld-linux may lead to musl. */
function kindOf(session: LoaderSession, interpreter: string): ChosenLoader['kind'] {
  const real = session.tree.resolve(interpreter)?.path ?? '';
  const kinds = [interpreter, real].map(interpreterKind);
  if (kinds.includes('musl')) return 'musl';
  const isOther =
    kinds.includes('bionic') || kinds.includes('uclibc') || systemOfLoader(interpreter) !== null;
  return isOther && !kinds.includes('glibc') ? 'other' : 'glibc';
}

const BIONIC_LOADER_64 = '/system/bin/linker64';
const BIONIC_LOADER_32 = '/system/bin/linker';

function kindByNeeded(link: LinkFacts): ChosenLoader['kind'] | null {
  const wanted = link.versionNeeds.find(({ library }) => library === 'libc.so');
  // musl gives no versions; Android's libc.so has the same name.
  if (wanted?.versions.some(({ name }) => /^LIBC(_|$)/.test(name)) === true) return 'other';
  for (const name of link.needed) {
    if (name === 'libc.so' || name.startsWith('libc.musl-')) return 'musl';
    if (/^(?:libc\.so\.6|ld-linux|ld64\.so)/.test(name)) return 'glibc';
  }
  return null;
}

/** Of each ABI of the machine; the first that the tree has is taken. */
function glibcPaths(link: LinkFacts): readonly string[] {
  return abisOf(machineOf(link)).map(({ glibcLoader }) => glibcLoader);
}

function muslPaths(link: LinkFacts): readonly string[] {
  const known = abisOf(machineOf(link)).map(muslLoader);
  return known.length > 0 ? known : [`/lib/ld-musl-${link.machine}.so.1`];
}
