import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseOwner, type ProcessOwner } from '../src/core/process-owner.ts';

/**
 * What a command left on the machine: found by a word that only it has used (a directory, an argument), so that other
 * work on the same machine is not taken for it.
 */
export interface LeftBehind {
  readonly processes: readonly string[];
  readonly mounts: readonly string[];
}

/** Processes whose command line, environment or root holds `word`, and mounts that name it. */
export function findLeftBehind(word: string): LeftBehind {
  return { processes: findProcesses(word), mounts: findMounts(word) };
}

export function findMounts(word: string): readonly string[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return lines.filter((line) => line.includes(word));
}

/** The same, after the kernel had a moment to bury what was killed. */
export async function expectedNothing(word: string): Promise<LeftBehind> {
  for (let attempt = 0; attempt < 30; attempt += 1) {
    const found = findLeftBehind(word);
    if (found.processes.length === 0 && found.mounts.length === 0) return found;
    await sleep(100);
  }
  return findLeftBehind(word);
}

export function findProcesses(word: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .flatMap((pid) => {
      const line = readProcess(pid, 'cmdline');
      const isOurs = line.includes(word) || readProcess(pid, 'environ').includes(word);
      return isOurs && !isVitest(line) ? [`${pid} ${line}`] : [];
    });
}

function isVitest(commandLine: string): boolean {
  return commandLine.includes('vitest');
}

function readProcess(pid: string, file: 'cmdline' | 'environ'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ''; // it has gone, or is another user's
  }
}

/** Waits until `condition` holds; false when it never did. */
export async function eventually(condition: () => boolean, limitMs: number): Promise<boolean> {
  const deadline = Date.now() + limitMs;
  while (Date.now() < deadline) {
    if (condition()) return true;
    await sleep(20);
  }
  return condition();
}

/**
 * Everything below a directory; empty when it is not there. Not readdir's `recursive`, which throws when another process
 * removes a folder between its name and its content, and tests look while that is at work.
 */
export function listBelow(directory: string): readonly string[] {
  return readFolder(directory).flatMap((entry) => {
    const path = join(directory, entry.name);
    return entry.isDirectory() ? [path, ...listBelow(path)] : [path];
  });
}

function readFolder(directory: string): readonly Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Cgroups of runs, wherever controllers are mounted, of the morsels that are asked for. */
export function findCgroups(isMeant: (owner: ProcessOwner) => boolean): readonly string[] {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  const points = mounts.flatMap((line) => (/ - cgroup2? /.test(line) ? [line.split(' ')[4] ?? ''] : []));
  return points.flatMap((point) =>
    readdirSync(point)
      .filter((name) => {
        const owner = parseOwner(/^morsel-container-(.+)-[A-Za-z0-9]{6}$/.exec(name)?.[1] ?? '');
        return owner !== null && isMeant(owner);
      })
      .map((name) => join(point, name)),
  );
}
