import { join } from 'node:path';
import { type ByteSource } from '../../core/byte-source.ts';
import { compareBytes } from '../../core/compare-bytes.ts';
import type { Finding } from '../../core/finding.ts';
import { isAtOrBelow } from '../../core/is-below.ts';
import { type ElfFacts, findStrings } from '../../elf/index.ts';
import { type FileTree, openInTree } from '../../rootfs/index.ts';

/** Where a program and its files lie beside each other on this machine. */
export interface RelativeFilesRequest {
  readonly program: { readonly path: string; readonly facts: Pick<ElfFacts, 'go' | 'languages'> };
  /** Of the project, or of a ready executable. */
  readonly directory: string;
  readonly tree: FileTree;
  /** The working directory in the image. */
  readonly workdir: string;
  /** Paths of the image. */
  readonly inImage: readonly string[];
}

/** Folders of programs: what is beside one there is not its own. */
const SHARED = /^\/(?:$|(?:usr\/(?:local\/)?)?s?bin$|(?:home|root|tmp|opt|srv|usr|var)$|usr\/games$)/;
/** What tools make or keep: no program reads it at run time. */
const SKIPPED =
  /^(?:\..*|node_modules|target|build|dist|out|vendor|CMakeFiles|__pycache__|src|test|tests|docs?|examples?)$/;
/** Sources, objects, and what speaks of a project: debugging information and panics name them. */
const OF_THE_PROJECT =
  /\.(?:[chsSoa]|cc|cpp|cxx|hpp|go|rs|mod|sum|lock|md|py|sh|so|am|ac|in|tar|cmake|evidence\.json)$|^(?:LICENSE|README|COPYING|Makefile|Cargo\.toml|Dockerfile|CMakeLists\.txt|meson\.build|morsel\.json|configure|NEWS|AUTHORS|INSTALL|CHANGELOG)/;

const DEPTH_LIMIT = 4;
const ENTRIES_LIMIT = 2000;
const NEEDLES_LIMIT = 400;
const NAMED_LIMIT = 4;
/** Shorter names are words. */
const NAME_LENGTH_LEAST = 5;
/** So much of a file among the constants means that it is embedded. */
const EMBEDDED_BYTES = 64;

interface Candidate {
  /** From the directory. */
  readonly path: string;
  readonly isDirectory: boolean;
}

/** Files beside the program that it names without a leading slash: it looks for them in its working directory. */
export function relativeFilesFinding(request: RelativeFilesRequest): Finding | null {
  const { directory, tree, program } = request;
  if (SHARED.test(directory)) return null;
  const candidates = listCandidates(directory, tree);
  if (candidates.length === 0) return null;
  const source = openInTree(tree, program.path);
  try {
    const named = namedIn(source, candidates, program.facts).filter(
      (one) => one.isDirectory || !isEmbedded(source, tree, join(directory, one.path)),
    );
    return findingOf(named, request);
  } finally {
    source.close();
  }
}

function listCandidates(directory: string, tree: FileTree): readonly Candidate[] {
  const found: Candidate[] = [];
  let looked = 0;
  const visit = (below: string, depth: number): void => {
    for (const name of [...tree.list(join(directory, below))].sort(compareBytes)) {
      if ((looked += 1) > ENTRIES_LIMIT || SKIPPED.test(name) || OF_THE_PROJECT.test(name)) continue;
      const path = below === '' ? name : `${below}/${name}`;
      const kind = tree.lstat(join(directory, path))?.kind;
      if (kind === 'file' || (kind === 'directory' && below === ''))
        found.push({ path, isDirectory: kind === 'directory' });
      if (kind === 'directory' && depth < DEPTH_LIMIT) visit(path, depth + 1);
    }
  };
  visit('', 1);
  return found.slice(0, NEEDLES_LIMIT);
}

/** A name is a whole C string; in Go and Rust, where literals stand side by side, it must be more than a word. */
function needlesOf({ path, isDirectory }: Candidate, sideBySide: boolean): readonly string[] {
  if (sideBySide) {
    if (isDirectory) return [`./${path}`];
    const telling = path.includes('/') || (path.includes('.') && path.length >= NAME_LENGTH_LEAST);
    return telling ? [path] : [];
  }
  const ends = isDirectory ? ['\0', '/'] : ['\0'];
  return ends.flatMap((end) => [`\0${path}${end}`, `\0./${path}${end}`]);
}

function namedIn(
  source: ByteSource,
  candidates: readonly Candidate[],
  { go, languages }: RelativeFilesRequest['program']['facts'],
): readonly Candidate[] {
  const sideBySide = go !== null || languages.includes('rust');
  const needles = candidates.map((candidate) => needlesOf(candidate, sideBySide));
  const found = findStrings(source, needles.flat());
  return candidates.filter((_, index) => needles[index]?.some((needle) => found.has(needle)) === true);
}

/** `go:embed` keeps the name and the content. */
function isEmbedded(source: ByteSource, tree: FileTree, path: string): boolean {
  const file = tree.open(path);
  if (file === null) return true;
  try {
    // Only text is compared: another encoding would not be the same bytes again.
    const text = file.read(0, EMBEDDED_BYTES).toString('utf8');
    return text !== '' && !text.includes('\ufffd') && findStrings(source, [text]).size > 0;
  } finally {
    file.close();
  }
}

function findingOf(named: readonly Candidate[], { workdir, inImage }: RelativeFilesRequest): Finding | null {
  const left = named.filter(({ path }) => {
    const place = join(workdir, path);
    return !inImage.some((other) => isAtOrBelow(other, place));
  });
  const [first] = left;
  if (first === undefined) return null;
  const names = left.slice(0, NAMED_LIMIT).map(({ path }) => path);
  const more = left.length > NAMED_LIMIT ? ` and ${left.length - NAMED_LIMIT} more` : '';
  const top = first.path.split('/')[0] ?? first.path;
  return {
    level: 'warning',
    message: `it names ${names.join(', ')}${more}, which is beside it here: it is looked for in the working directory, which is ${workdir} in the image`,
    hint: `add it, with a path from where you type: --add ${top}:${join(workdir, top)}`,
  };
}
