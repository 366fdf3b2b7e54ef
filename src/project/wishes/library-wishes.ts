import { opendirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { MANIFEST_LIMIT_BYTES, readFileStart } from '../project-file.ts';
import type { CProject, SourceProject } from '../project.ts';
import { libraryHeaders } from './single-headers.ts';
import type { WrittenWish } from './library-wish.ts';
import {
  type PlacedWish,
  wishesOfCgo,
  wishesOfCmake,
  wishesOfConfigureAc,
  wishesOfMakefile,
  wishesOfMeson,
} from './wishes-in-text.ts';

type Reader = (text: string) => readonly PlacedWish[];

/** Build files of one project. */
const MAX_FILES = 300;
const MAX_NAMES = 20_000;
const MAX_DEPTH = 4;
const MAX_WISHES = 2_000;

/** Their build files are about something else. */
const SIDE_FOLDERS = /^(?:\.|node_modules$|target$|debian$|docs?$|examples?$|testdata$)/;

/**
 * The libraries that a project's own files name, with the place of each; what is asked for only in some configuration is
 * named as well. Text is looked at, nothing is run. What cannot be read is left out.
 */
export function libraryWishes(project: SourceProject): readonly WrittenWish[] {
  if (project.kind === 'rust')
    return project.systemCrates.map((name) => ({ kind: 'crate', name, where: 'Cargo.lock' }));
  if (project.kind === 'c' && project.buildSystem === 'single') return libraryHeaders(project);
  const readerOf = project.kind === 'go' ? readerOfGo : READERS[project.buildSystem];
  const wishes: WrittenWish[] = [];
  for (const path of filesBelow(project.directory, (name) => readerOf(name) !== null)) {
    const text = readFileStart(path, MANIFEST_LIMIT_BYTES);
    const file = relative(project.directory, path);
    const placed = readerOf(path.slice(path.lastIndexOf('/') + 1))?.(text) ?? [];
    for (const { kind, name, at } of placed)
      wishes.push({ kind, name, where: `${file}:${lineAt(text, at)}` });
    if (wishes.length > MAX_WISHES) break;
  }
  return firstOfEach(wishes.slice(0, MAX_WISHES));
}

const readerOfGo = (name: string): Reader | null => (name.endsWith('.go') ? wishesOfCgo : null);

type ByName = (name: string) => Reader | null;

const isMakefile = (name: string): boolean => /^(?:GNU)?[Mm]akefile(?:\..{1,20})?$|\.mk$/.test(name);

const READERS: Readonly<Record<CProject['buildSystem'], ByName>> = {
  make: (name) => (isMakefile(name) ? wishesOfMakefile : null),
  cmake: (name) => (name === 'CMakeLists.txt' || name.endsWith('.cmake') ? wishesOfCmake : null),
  meson: (name) => (name === 'meson.build' ? wishesOfMeson : null),
  autotools: (name) => (/^configure\.(?:ac|in)$|\.m4$/.test(name) ? wishesOfConfigureAc : null),
  // A script names libraries as a recipe does.
  commands: (name) => (isMakefile(name) || name.endsWith('.sh') ? wishesOfMakefile : null),
  single: () => null,
};

/** By name, those above first. */
function filesBelow(directory: string, isWanted: (name: string) => boolean): readonly string[] {
  const files: string[] = [];
  const pending: (readonly [string, number])[] = [[directory, 0]];
  let names = 0;
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    const [folder, depth] = next;
    const below: string[] = [];
    for (const { name, isFolder, isRegular } of entriesOf(folder)) {
      if (++names > MAX_NAMES || files.length >= MAX_FILES) return files;
      if (isFolder && depth < MAX_DEPTH && !SIDE_FOLDERS.test(name)) below.push(join(folder, name));
      if (isRegular && isWanted(name)) files.push(join(folder, name));
    }
    for (const one of below) pending.push([one, depth + 1]);
  }
  return files;
}

function entriesOf(folder: string) {
  const entries: { name: string; isFolder: boolean; isRegular: boolean }[] = [];
  try {
    const opened = opendirSync(folder);
    try {
      for (let entry = opened.readSync(); entry !== null; entry = opened.readSync()) {
        entries.push({ name: entry.name, isFolder: entry.isDirectory(), isRegular: entry.isFile() });
        if (entries.length > MAX_NAMES) break;
      }
    } finally {
      opened.closeSync();
    }
  } catch {
    return [];
  }
  return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function lineAt(text: string, at: number): number {
  let line = 1;
  for (let end = text.indexOf('\n'); end >= 0 && end < at; end = text.indexOf('\n', end + 1)) line++;
  return line;
}

function firstOfEach(wishes: readonly WrittenWish[]): readonly WrittenWish[] {
  const seen = new Set<string>();
  return wishes.filter(({ kind, name }) => {
    const key = `${kind} ${name}`;
    return seen.has(key) ? false : (seen.add(key), true);
  });
}
