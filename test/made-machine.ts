import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { type Candidates, findCandidates, type SourceRoot } from '../src/control/index.ts';
import { machineOwners } from '../src/control/machine-owners.ts';
import type { Observation, PathUse } from '../src/observe/index.ts';
import { directoryTree } from '../src/rootfs/index.ts';

/** A machine and an image, made anew for each test of the file that calls `useMadeMachine`. */
export let machine = '';
export let image = '';

export function useMadeMachine(): void {
  beforeEach(() => {
    machine = mkdtempSync(join(tmpdir(), 'candidates-machine-'));
    image = mkdtempSync(join(tmpdir(), 'candidates-image-'));
  });
  afterEach(() => [machine, image].forEach((folder) => rmSync(folder, { recursive: true, force: true })));
}

export function put(root: string, path: string, content: string | Buffer = 'x', mode = 0o644): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
  chmodSync(join(root, path), mode);
}

export function link(root: string, path: string, target: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  symlinkSync(target, join(root, path));
}

/** A package's files, made unless they are there. */
export function own(name: string, ...paths: readonly string[]): void {
  put(machine, `var/lib/dpkg/info/${name}.list`, paths.map((path) => `${path}\n`).join(''));
}

export const MIB = 1024 * 1024;
const NO_USE = { isRead: false, isWritten: false, isExecuted: false, isListed: false, isStatted: false };
export const READ: PathUse = { ...NO_USE, isRead: true };
export const RUN: PathUse = { ...NO_USE, isExecuted: true };
export const LIST: PathUse = { ...NO_USE, isListed: true, isRead: true };
export const LOOK: PathUse = { ...NO_USE, isStatted: true };
export const WRITE: PathUse = { ...NO_USE, isWritten: true };

export function observed(
  found: Readonly<Record<string, PathUse>>,
  sockets: readonly string[] = [],
): Observation {
  return {
    started: true,
    found: new Map(Object.entries(found)),
    missed: new Set(),
    refused: new Set(),
    notExecuted: new Set(),
    sockets: new Set(sockets),
    unnamed: new Set(),
    gaps: [],
  };
}

export function sourceRoot(
  programDirectory: string | null = null,
  kind: SourceRoot['kind'] = 'machine',
): SourceRoot {
  const tree = directoryTree(machine);
  return {
    kind,
    description: 'on this machine',
    root: machine,
    mounts: [],
    plainFiles: new Set<string>(),
    tree,
    answers: new Map(kind === 'machine' ? [['/etc/group', 'nonroot:x:65532:\n']] : []),
    ownersOf: (paths) => machineOwners({ machine: tree, programDirectory }, paths),
    remove: () => {},
  };
}

export function candidates(
  observation: Observation,
  source: SourceRoot = sourceRoot(),
  scratch: readonly string[] = [],
): Promise<Candidates> {
  return findCandidates({ observations: [observation], source, image: directoryTree(image), scratch });
}

/** `path`, `path/` and `path -> target`; a file of another name `path <- source`. */
export function packed({ pack }: Candidates): readonly string[] {
  return pack.map((one) => {
    if (one.kind === 'directory') return `${one.path}/`;
    if (one.kind === 'link') return `${one.path} -> ${one.target}`;
    return one.source === one.path ? one.path : `${one.path} <- ${one.source}`;
  });
}

export const namedOf = ({ named }: Candidates): Readonly<Record<string, string>> =>
  Object.fromEntries(named.map(({ path, reason }) => [path, reason]));
