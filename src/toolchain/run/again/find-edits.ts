import { lstatSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readTextIfAny } from '../../../core/read-small-file.ts';
import { Turns } from '../../../core/turns.ts';
import type { SourceEntry } from '../list-sources.ts';
import { inputsOf, outputsOf, TRANSLATION_UNIT } from './compiler-calls.ts';
import type { LastBuild } from './last-build.ts';

export interface EditedSources {
  /** As they are now. */
  readonly entries: readonly SourceEntry[];
  /** Absolute paths of what they were compiled to. */
  readonly outputs: readonly string[];
}

export interface CopiedSources {
  readonly from: string;
  readonly to: string;
  readonly entries: readonly SourceEntry[];
}

/**
 * The sources that were edited since the last build, where only the compilers that are known to read them have to run again;
 * null where that is not known: something is new, gone, or has another mode; what was edited is no translation unit that
 * a compiler was given, may be read by something else, or is not newer than what was made of it. Error: INTERRUPTED.
 */
export async function findEdits(
  last: LastBuild,
  sources: CopiedSources,
  signal: AbortSignal | undefined,
): Promise<EditedSources | null> {
  const entries = changedEntries(last, sources.entries);
  if (entries === null || entries.length === 0) return null;
  if (!entries.every((entry) => isFreshEdit(entry, last, sources))) return null;
  const outputs: string[] = [];
  for (const { path } of entries) {
    const made = outputsFrom(join(sources.to, path), last, sources.to);
    if (made === null) return null;
    outputs.push(...made);
  }
  const names = entries.map(({ path }) => basename(path));
  return (await isNamedElsewhere(names, sources, signal)) ? null : { entries, outputs };
}

function changedEntries(
  { entries: before, pending }: LastBuild,
  now: readonly SourceEntry[],
): readonly SourceEntry[] | null {
  if (before.length !== now.length) return null;
  const changed: SourceEntry[] = [];
  for (const [index, entry] of now.entries()) {
    const old = before[index];
    if (old?.path !== entry.path || old.kind !== entry.kind || old.mode !== entry.mode) return null;
    const isSame =
      old.sizeBytes === entry.sizeBytes &&
      old.modifiedMs === entry.modifiedMs &&
      old.changedMs === entry.changedMs;
    if (isSame && !pending.includes(entry.path)) continue;
    if (entry.kind !== 'file') return null;
    changed.push(entry);
  }
  return changed;
}

/** The copy is as it was brought there: builds patch sources. */
function isFreshEdit(entry: SourceEntry, last: LastBuild, { to }: CopiedSources): boolean {
  const { path, modifiedMs } = entry;
  if (!TRANSLATION_UNIT.test(path) || modifiedMs <= last.endedMs || modifiedMs > Date.now()) return false;
  const old = last.entries.find((one) => one.path === path);
  const copy = lstatSync(join(to, path), { throwIfNoEntry: false });
  if (old === undefined || copy?.isFile() !== true || copy.size !== old.sizeBytes) return false;
  // futimes(3) takes seconds as a double.
  return Math.abs(copy.mtimeMs - old.modifiedMs) < 1;
}

/** Of a source; null where some of it is not known, is not there any more, or lies elsewhere. */
function outputsFrom(path: string, { calls, pending }: LastBuild, to: string): readonly string[] | null {
  const readers = calls.filter((call) => inputsOf(call).includes(path));
  if (readers.length === 0) return null;
  const outputs: string[] = [];
  for (const call of readers) {
    const made = outputsOf(call);
    if (made === null) return null;
    for (const output of made) {
      if (!output.startsWith(`${to}/`)) return null;
      const stat = lstatSync(output, { throwIfNoEntry: false });
      if (stat === undefined && pending.length > 0) continue;
      if (stat?.isFile() !== true) return null;
      outputs.push(output);
    }
  }
  return outputs;
}

/** No source that people write is larger. */
const SOURCE_LIMIT_BYTES = 16 * 1024 * 1024;
const C_FAMILY = /\.(?:c|cc|cpp|cxx|c\+\+|C|h|hh|hpp|hxx|h\+\+|H|inc|inl|ipp|tcc|def|m|mm|s|S|y|l|in|x|tbl)$/;
const SCRIPT = /\.(?:sh|bash|py|pl|pm|awk|sed|tcl|rb|lua|m4|php|js)$/;

/** Whether another source may include one, or a script may read it: a build knows nothing of that by its time alone. */
async function isNamedElsewhere(
  names: readonly string[],
  { from, entries }: CopiedSources,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const turns = new Turns(signal, `reading ${from}`);
  for (const { path, kind, mode, sizeBytes } of entries) {
    const own = basename(path);
    const isC = C_FAMILY.test(path);
    const isScript = (SCRIPT.test(path) || (mode & 0o111) !== 0) && own !== 'configure';
    if (kind !== 'file' || (!isC && !isScript)) continue;
    await turns.take();
    if (sizeBytes > SOURCE_LIMIT_BYTES) return true;
    const text = readTextIfAny(join(from, path), SOURCE_LIMIT_BYTES);
    if (text === null) return true;
    for (const name of names) {
      if (isC ? isIncluded(text, name) : text.includes(name)) return true;
    }
  }
  return false;
}

/** `"part.c"`, `<part.c>`, `NAME(part.c)`, with folders before it. */
function isIncluded(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const after = text[at + name.length] ?? '';
    if (/["'>)\s]/.test(after) && /["'<(/\s]/.test(text[at - 1] ?? ' ') && !isInComment(text, at))
      return true;
  }
  return false;
}

/** The line of a comment, as the heads of files have it; a directive is none. */
function isInComment(text: string, at: number): boolean {
  const line = text.slice(text.lastIndexOf('\n', at) + 1, at);
  return /^\s*(?:\/\*|\/\/|\*)/.test(line);
}
