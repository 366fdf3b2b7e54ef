import { dirname, join, resolve } from 'node:path';
import { isFile, readProjectFile } from './project-file.ts';
import type { WantedGo } from './project.ts';

/** A go.mod, as far as it says which folder holds a package. Go Modules Reference, "go.mod files". */
export interface GoModule {
  readonly path: string;
  readonly directory: string;
  /** `go` and `toolchain` lines, of the module and of its workspace. */
  readonly wantedGo: WantedGo;
  /** By module path. */
  readonly requires: ReadonlyMap<string, GoRequirement>;
}

export interface GoRequirement {
  readonly path: string;
  /** Its folder: in the module cache, or a local `replace`. It may not have been downloaded yet. */
  readonly directory: string;
}

/** Reads `DIRECTORY/go.mod`; null when there is none. */
export function readGoModule(directory: string, moduleCache: string): GoModule | null {
  const text = readProjectFile(join(directory, 'go.mod'));
  if (text === null) return null;
  const lines = directives(text);
  const argument = (verb: string): string | null => lines.find(([first]) => first === verb)?.[1] ?? null;
  const replacements = readReplacements(lines, directory, moduleCache);
  const requires = lines
    .filter(([verb, path, version]) => verb === 'require' && path !== undefined && version !== undefined)
    .map(([, path = '', version = '']) => ({
      path,
      directory:
        replacements.get(`${path}@${version}`) ??
        replacements.get(path) ??
        cachePath(moduleCache, path, version),
    }));
  return {
    path: argument('module') ?? 'main',
    directory,
    wantedGo: wantedBy(lines),
    requires: new Map(requires.map((one) => [one.path, one])),
  };
}

/** `toolchain default` and what is no version count as none. */
function wantedBy(lines: readonly (readonly string[])[]): WantedGo {
  const version = (verb: string): string | null => {
    const word = lines.find(([first]) => first === verb)?.[1] ?? '';
    return /^(?:go)?(\d{1,4}\.\d{1,4}(?:(?:\.|rc|beta)\d{1,4})?)/.exec(word)?.[1] ?? null;
  };
  return { minimum: version('go'), toolchain: version('toolchain') };
}

/** What the go.work says that counts for a folder (`go env GOWORK`): the nearest above, unless the environment names one. */
export function readGoWork(directory: string, setting: string | undefined): WantedGo | null {
  if (setting === 'off') return null;
  if (setting !== undefined && setting !== '') return wantedIn(setting);
  let current = directory;
  for (let depth = 0; depth < MAX_PARENTS; depth++) {
    const wanted = wantedIn(join(current, 'go.work'));
    if (wanted !== null || current === dirname(current)) return wanted;
    current = dirname(current);
  }
  return null;
}

function wantedIn(path: string): WantedGo | null {
  const text = readProjectFile(path);
  return text === null ? null : wantedBy(directives(text));
}

const MAX_PARENTS = 64;

/** Each directive as words, blocks unfolded: `require (` … `)`. */
function directives(text: string): readonly (readonly string[])[] {
  const found: string[][] = [];
  let block: string | null = null;
  for (const raw of text.split('\n')) {
    const comment = raw.indexOf('//');
    const line = (comment < 0 ? raw : raw.slice(0, comment)).trim();
    if (line === '') continue;
    const words = (line.match(/"[^"]*"|`[^`]*`|\S+/g) ?? []).map((word) =>
      word.replace(/^["`](.*)["`]$/, '$1'),
    );
    if (block !== null) {
      if (words[0] === ')') block = null;
      else found.push([block, ...words]);
    } else if (words[1] === '(') block = words[0] ?? '';
    else found.push(words);
  }
  return found;
}

/** By `path@version` or `path`. */
function readReplacements(
  lines: readonly (readonly string[])[],
  directory: string,
  moduleCache: string,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [verb, ...words] of lines) {
    const arrow = words.indexOf('=>');
    if (verb !== 'replace' || arrow < 1) continue;
    const [path = '', version] = words.slice(0, arrow);
    const [target = '', targetVersion] = words.slice(arrow + 1);
    const folder =
      targetVersion === undefined
        ? resolve(directory, target)
        : cachePath(moduleCache, target, targetVersion);
    found.set(version === undefined ? path : `${path}@${version}`, folder);
  }
  return found;
}

/** Capital letters are written `!c` in the module cache. */
function cachePath(moduleCache: string, path: string, version: string): string {
  const escape = (text: string): string => text.replaceAll(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);
  return join(moduleCache, `${escape(path)}@${escape(version)}`);
}

/** The folder of an import path; null for the standard library and for what is not known. */
export function packageDirectory(module: GoModule, importPath: string): string | null {
  const own = below(importPath, module.path);
  if (own !== null) return join(module.directory, own);
  if (!(importPath.split('/')[0] ?? '').includes('.')) return null;
  if (isFile(join(module.directory, 'vendor/modules.txt')))
    return join(module.directory, 'vendor', importPath);
  const owner = ownerOf(module, importPath);
  return owner === undefined ? null : join(owner.directory, below(importPath, owner.path) ?? '');
}

/** The longest module path wins: `example.com/x/v2/y` before `example.com/x`. */
function ownerOf({ requires }: GoModule, importPath: string): GoRequirement | undefined {
  for (let end = importPath.length; end > 0; end = importPath.lastIndexOf('/', end - 1)) {
    const found = requires.get(importPath.slice(0, end));
    if (found !== undefined) return found;
  }
  return undefined;
}

function below(importPath: string, modulePath: string): string | null {
  if (importPath === modulePath) return '';
  return importPath.startsWith(`${modulePath}/`) ? importPath.slice(modulePath.length + 1) : null;
}
