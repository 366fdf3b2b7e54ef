/** What a compiler or a build system said first of what is wrong, in its own words, with the place where it says one. */
export interface Diagnosis {
  readonly tool: DiagnosisTool;
  /** `main.c:3:5: error: …`, `error[E0308]: mismatched types --> src/main.rs:2:18`: on one line. */
  readonly headline: string;
  /** As the tool wrote it: relative to where it ran. null where it names none. */
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  /** Without the place. */
  readonly message: string;
}

export type DiagnosisTool = 'c' | 'rustc' | 'cargo' | 'go' | 'configure' | 'cmake' | 'meson';

/** A longer line is a command line, not a message. */
export const MAX_MESSAGE_LINE = 400;

/** Of a message that goes on in the lines below it. */
const MAX_FOLLOWING_LINES = 4;

type Reader = (line: string, following: readonly string[]) => Diagnosis | null;

/**
 * The first line that one of the tools marks as an error of what it was given; null where none does. `byCargo`: cargo was
 * started, whose bare `error: …` others use for anything.
 */
export function findDiagnosis(lines: readonly string[], byCargo: boolean): Diagnosis | null {
  const readers = byCargo ? [...READERS, readCargo] : READERS;
  for (const [index, line] of lines.entries()) {
    if (line.length > MAX_MESSAGE_LINE) continue;
    for (const read of readers) {
      const found = read(line, lines.slice(index + 1, index + 1 + READ_AHEAD));
      if (found !== null) return found.tool === 'meson' ? inSources(found, lines) : found;
    }
  }
  return null;
}

/** Meson names its files from the build folder (`../../p/meson.build`): the user knows them from the project's. */
function inSources(diagnosis: Diagnosis, lines: readonly string[]): Diagnosis {
  const file = diagnosis.file ?? '';
  const sources = /^Source dir: (\/.{1,400})$/.exec(
    lines.find((line) => line.startsWith('Source dir: ')) ?? '',
  )?.[1];
  const parts = file.replace(/^(?:\.\.\/){1,64}/, '').split('/');
  if (sources === undefined || !file.startsWith('../')) return diagnosis;
  const below = parts.findLastIndex((_, index) =>
    `${sources}/`.endsWith(`/${parts.slice(0, index).join('/')}/`),
  );
  if (below < 1) return diagnosis;
  const short = parts.slice(below).join('/');
  return { ...diagnosis, file: short, headline: diagnosis.headline.replace(file, short) };
}

/** CMake's stack of calls and a build script's output are the longest that are read on. */
const READ_AHEAD = 40;

/** `main.c:3:5: error: …`, of gcc and clang; Meson's `meson.build:3:0: ERROR: …`. */
function readC(line: string): Diagnosis | null {
  const match = /^([^\s:][^:]{0,299}):(\d{1,9}):(?:(\d{1,9}):)? (?:(fatal )?error|(ERROR)): (.+)$/.exec(line);
  if (match === null) return null;
  const [, file = '', row, column, , meson, message = ''] = match;
  return { tool: meson === undefined ? 'c' : 'meson', headline: line, ...at(file, row, column), message };
}

/** rustc's, and cargo's of a Cargo.toml: the place stands below. */
function readRust(line: string, following: readonly string[]): Diagnosis | null {
  const match = /^error(?:\[E\d{4}\])?: (.+)$/.exec(line);
  const place = following
    .slice(0, MAX_FOLLOWING_LINES)
    .map((next) => /^ {0,12}--> (.{1,300}):(\d{1,9}):(\d{1,9})$/.exec(next))
    .find((found) => found !== null);
  if (match === null || place === undefined) return null;
  const [, file = '', row, column] = place;
  const headline = `${line} --> ${file}:${row}:${column}`;
  const tool = file.endsWith('.rs') ? 'rustc' : 'cargo';
  return { tool, headline, ...at(file, row, column), message: match[1] ?? '' };
}

/** What cargo says by itself: the last cause is the reason. The compiler's own error stands elsewhere. */
function readCargo(line: string, following: readonly string[]): Diagnosis | null {
  const message = /^error: (.+)$/.exec(line)?.[1] ?? null;
  if (message === null) return null;
  if (/^(?:could not compile|aborting due to|linking with|build failed)/.test(message)) return null;
  const cause = message.startsWith('failed to run custom build command')
    ? causeInScript(following)
    : lastCause(following);
  const whole = cause === null ? message : `${message}: ${cause}`;
  return { tool: 'cargo', headline: `error: ${whole}`, ...NOWHERE, message: whole };
}

function lastCause(following: readonly string[]): string | null {
  const index = following.findLastIndex((line) => line === 'Caused by:');
  const text = index === -1 ? undefined : following[index + 1]?.trim();
  return text === undefined || text === '' ? null : text.slice(0, MAX_MESSAGE_LINE);
}

/** What a build script prints when it gives up, by those that are met most, else what it panicked with. */
function causeInScript(following: readonly string[]): string | null {
  const said = following.map((line) => line.trim()).filter((line) => line.length < MAX_MESSAGE_LINE);
  const known = said.find((line) => SCRIPT_WORDS.test(line));
  if (known !== undefined) return known.replace(/^cargo:warning=/, '');
  const panic = said.findIndex((line) => /^thread 'main' .{0,80}panicked at /.test(line));
  return panic === -1 ? null : (said[panic + 1] ?? null);
}

const SCRIPT_WORDS =
  /Unable to find libclang|^The system library `|^Could not find directory of OpenSSL|^No package '|^Package \S{1,100} was not found|^cargo:warning=[^\s:]{1,200}:\d{1,9}:\d{1,9}: (?:fatal )?error: |^error: failed to find tool/;

/** `./main.go:5:9: undefined: x`, also of go.mod. */
function readGo(line: string, following: readonly string[]): Diagnosis | null {
  const match =
    /^(?:vet: )?([^\s:]{1,300}\.go|[^\s:]{0,300}\bgo\.(?:mod|sum|work)):(\d{1,9}):(?:(\d{1,9}):)? (.+)$/.exec(
      line,
    );
  if (match !== null) {
    const [, file = '', row, column, message = ''] = match;
    return { tool: 'go', headline: line, ...at(file, row, column), message };
  }
  const own = /^go: (?!downloading|finding|extracting|found|added|upgraded|switching)(.+)$/.exec(line);
  if (own === null) return null;
  const message = own[1] ?? '';
  // `go: errors parsing go.mod:`, and what they are.
  const next = message.endsWith(':') ? readGo(following[0] ?? '', []) : null;
  return next ?? { tool: 'go', headline: line, ...NOWHERE, message };
}

/** The text may begin on the line below, and go on there after a colon. */
function readConfigure(line: string, following: readonly string[]): Diagnosis | null {
  // autosetup's own words, as in fossil: known by the option that they name.
  const autosetup = /^Error: (.{1,300} --(?:with|without|enable|disable)-.+)$/.exec(line)?.[1];
  if (autosetup !== undefined) return { tool: 'configure', headline: line, ...NOWHERE, message: autosetup };
  const match = /^configure: error:(.*)$/.exec(line);
  if (match === null) return null;
  const first = (match[1] ?? '').trim();
  const more =
    first === '' || first.endsWith(':')
      ? paragraph(following, /^(?:See [`'"]?(?:\S{1,200}\/)?config\.log|checking |configure: )/)
      : '';
  const message = joined([first, more]);
  return { tool: 'configure', headline: joined(['configure: error:', message]), ...NOWHERE, message };
}

/** `CMake Error at FILE:LINE (COMMAND):` with its text indented below, and the project's own line in the stack of calls. */
function readCmake(line: string, following: readonly string[]): Diagnosis | null {
  const plain = /^CMake Error:(.*)$/.exec(line);
  if (plain !== null) {
    const message = (plain[1] ?? '').trim() || allBelow(following);
    return { tool: 'cmake', headline: joined(['CMake Error:', message]), ...NOWHERE, message };
  }
  const match = /^CMake Error (?:at|in) ([^:]{1,300})(?::(\d{1,9}))?(?: \((\w{1,200})\))?:$/.exec(line);
  if (match === null) return null;
  const calls = following.findIndex((next) => next.startsWith('Call Stack'));
  const text = calls === -1 ? following : following.slice(0, calls);
  const outermost = calls === -1 ? null : outermostCall(following.slice(calls + 1));
  const [file, row, command] = outermost ?? [match[1] ?? '', match[2], match[3]];
  const message = paragraph(text, /^\S/);
  const where = `${file}${row === undefined ? '' : `:${row}`}${command === undefined ? '' : ` (${command})`}`;
  return {
    tool: 'cmake',
    headline: `CMake Error at ${where}: ${message}`,
    ...at(file, row, undefined),
    message,
  };
}

/** Of a message in several paragraphs, which are indented. */
function allBelow(following: readonly string[]): string {
  const end = following.findIndex((next) => /^\S/.test(next));
  const text = following.slice(0, end === -1 ? undefined : end).map((next) => next.trim());
  return joined(text.filter((next) => next !== '')).slice(0, MAX_MESSAGE_LINE);
}

/** The last of the stack: the line of the project that began it. */
function outermostCall(
  stack: readonly string[],
): readonly [string, string | undefined, string | undefined] | null {
  const end = stack.findIndex((line) => line.trim() === '');
  const last = stack.slice(0, end === -1 ? undefined : end).at(-1) ?? '';
  const match = /^ {2}([^:]{1,300}):(\d{1,9}) \((\w{1,200})\)$/.exec(last);
  return match === null ? null : [match[1] ?? '', match[2], match[3]];
}

/** The first lines that say something, up to an empty one or one that ends it; as one line. */
function paragraph(lines: readonly string[], ending: RegExp): string {
  const words: string[] = [];
  for (const line of lines) {
    if (ending.test(line) || words.length === MAX_FOLLOWING_LINES) break;
    if (line.trim() !== '') words.push(line.trim());
    // A heading (`Cannot find source file:`) is nothing without what follows.
    else if (words.length > 0 && words.at(-1)?.endsWith(':') !== true) break;
  }
  return joined(words).slice(0, MAX_MESSAGE_LINE);
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}

const NOWHERE = { file: null, line: null, column: null };

function at(
  file: string,
  line: string | undefined,
  column: string | undefined,
): Pick<Diagnosis, 'file' | 'line' | 'column'> {
  return {
    file,
    line: line === undefined ? null : Number(line),
    column: column === undefined ? null : Number(column),
  };
}

const READERS: readonly Reader[] = [readC, readRust, readGo, readConfigure, readCmake];
