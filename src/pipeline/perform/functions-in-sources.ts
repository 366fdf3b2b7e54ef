import { dirname, extname, join } from 'node:path';
import { openByteSource } from '../../core/byte-source.ts';
import { MorselError } from '../../core/errors.ts';
import { Turns } from '../../core/turns.ts';
import type { SourceProject } from '../../project/index.ts';
import { listSources } from '../../toolchain/index.ts';
import type { BuildRequest } from '../request/build-request.ts';

/** Of C and C++, and what has such code in it: cgo, crates with FFI. */
const EXTENSIONS: ReadonlySet<string> = new Set(
  '.c .h .cc .hh .cpp .hpp .cxx .hxx .c++ .h++ .inl .l .y .go .rs'.split(' '),
);
const HEADERS: ReadonlySet<string> = new Set('.h .hh .hpp .hxx .h++ .inl'.split(' '));

/** A larger one is a table, generated. */
const FILE_LIMIT_BYTES = 4 * 1024 * 1024;
/** Reads in half a second. */
const SOURCES_LIMIT_BYTES = 256 * 1024 * 1024;

/**
 * Which of these names the sources of a project have, sorted, whether the program comes to them or not: for programs that
 * have lost their symbols. Where there is too much to be read, it may be all of them. Errors: LIMIT_EXCEEDED, INTERRUPTED.
 */
export async function functionsInSources(
  request: BuildRequest,
  names: readonly string[],
): Promise<readonly string[]> {
  const { project, signal } = request;
  if (project.kind === 'binary') return [];
  const turns = new Turns(signal, `reading ${project.directory}`);
  const word = new RegExp(`(?<![\\w:])(?:${names.join('|')})(?!\\w)`, 'g');
  const found = new Set<string>();
  let leftBytes = SOURCES_LIMIT_BYTES;
  for (const path of await sourcesOf(project, request)) {
    await turns.take();
    const text = textOf(path);
    leftBytes -= text.length;
    if (leftBytes < 0) return [...names].toSorted();
    for (const [name] of text.matchAll(word)) found.add(name);
  }
  return [...found].toSorted();
}

async function sourcesOf(
  project: SourceProject,
  { cacheDirectory, signal }: BuildRequest,
): Promise<readonly string[]> {
  const single = project.kind === 'c' ? project.source : null;
  // The folder of a single file may be anything: of it only what the file can include.
  const root = single === null ? rootOf(project) : dirname(single);
  const { entries } = await listSources(root, [cacheDirectory], signal);
  const paths = entries.filter(
    ({ kind, path }) => kind === 'file' && EXTENSIONS.has(extname(path).toLowerCase()),
  );
  if (single === null) return paths.map(({ path }) => join(root, path));
  const headers = paths.filter(({ path }) => HEADERS.has(extname(path).toLowerCase()));
  return [single, ...headers.map(({ path }) => join(root, path))];
}

/** Members of a workspace lie beside each other. */
const rootOf = (project: SourceProject): string =>
  project.kind === 'rust' ? project.workspaceRoot : project.directory;

/** '' of what has gone, or cannot be read: the compiler has had it. */
function textOf(path: string): string {
  try {
    const source = openByteSource(path);
    try {
      return Buffer.from(source.read(0, Math.min(source.sizeBytes, FILE_LIMIT_BYTES))).toString('latin1');
    } finally {
      source.close();
    }
  } catch (error) {
    if (error instanceof MorselError) return '';
    throw error;
  }
}
