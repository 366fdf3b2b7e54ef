import type { BuildFile, FileProgram } from './c-programs.ts';
import { namesOfProject } from './names-of-project.ts';

/** A call with more words than this says more than a name. */
const MAX_CALL_CHARACTERS = 64 * 1024;

interface Call {
  /** Lower case: CMake's commands have no case. */
  readonly command: string;
  readonly words: readonly string[];
}

/** Commands between which nothing is certain. A function's body runs where it is called, if at all. */
const OPENING = new Set(['if', 'foreach', 'while', 'function', 'macro', 'block']);

/** add_executable, install and add_subdirectory of one CMakeLists.txt. Variables are followed where one literal `set` is their value. */
export function readCmakeFile(text: string, projectName: string | null): BuildFile {
  const programs = new Map<string, FileProgram>();
  const installed = new Set<string>();
  const below: { path: string; folder: string; isCertain: boolean }[] = [];
  const values = new Map<string, string>();
  const own = new Set(projectName === null ? [] : namesOfProject(projectName));
  if (projectName !== null) for (const name of PROJECT_VARIABLES) values.set(name, projectName);
  let isComputed = false;
  let depth = 0;
  for (const { command, words } of callsIn(text)) {
    if (OPENING.has(command)) depth++;
    else if (command.startsWith('end') && OPENING.has(command.slice('end'.length)))
      depth = Math.max(0, depth - 1);
    const [first = '', ...rest] = words.map((word) => expand(word, values));
    if (command === 'set') assign(values, first, rest, depth);
    else if (command === 'add_executable') {
      if (rest.some((word) => word === 'IMPORTED' || word === 'ALIAS') || rest[0] === 'EXCLUDE_FROM_ALL')
        continue;
      if (!isName(first)) isComputed = true;
      else programs.set(first, { name: first, isCertain: depth === 0, isInstalled: false });
    } else if (command === 'install' && first === 'TARGETS') for (const word of rest) installed.add(word);
    else if (command === 'add_subdirectory') {
      if (rest.includes('EXCLUDE_FROM_ALL')) continue;
      if (isFolder(first))
        below.push({ path: `${first}/CMakeLists.txt`, folder: first, isCertain: depth === 0 });
      else isComputed = true;
    } else if (command === 'include' && first.endsWith('.cmake')) {
      if (isFolder(first)) below.push({ path: first, folder: '', isCertain: depth === 0 });
      else isComputed = true;
    } else if (
      mayName(
        command,
        words.map((word) => expand(word, values)),
        own,
        programs,
      )
    )
      isComputed = true;
    // What comes after it is not read by CMake.
    else if (command === 'return' && depth === 0) break;
    else if (command === 'return') isComputed = true;
  }
  const all = [...programs.values()].map((one) => ({ ...one, isInstalled: installed.has(one.name) }));
  return { programs: all, below, isComputed };
}

const PROJECT_VARIABLES = ['PROJECT_NAME', 'CMAKE_PROJECT_NAME'];

/** The file is called otherwise, or made only when it is asked for. */
const RENAMING = /\b(RUNTIME_)?OUTPUT_NAME(_[A-Z]+)?\b|\bSUFFIX\b|\bEXCLUDE_FROM_ALL\b/;

/** A project's own command that stands for add_executable: `ecm_add_executable`. */
const WRAPPER = /(executable|_exe|program|binary|_tool)s?$/;

/** CMake's own commands that make no program, by how they begin. */
const HARMLESS =
  /^(project|set|unset|option|message|list|string|math|file|include|export|install|configure_file|enable_|else|elseif|end|if|foreach|while|return|mark_as_advanced|source_group|target_|set_|get_|find_|cmake_|check_|pkg_|add_(library|test|dependencies|custom_|definitions|compile_|link_|subdirectory)|link_|include_|write_)/;

/** Whether a call may rename a program, or make one that is called as the project. */
function mayName(
  command: string,
  words: readonly string[],
  own: ReadonlySet<string>,
  programs: ReadonlyMap<string, unknown>,
): boolean {
  // Libraries may have any names.
  if (RENAMING.test(words.join(' ')) && words.some((word) => word.includes('$') || programs.has(word)))
    return true;
  if (HARMLESS.test(command)) return false;
  return WRAPPER.test(command) || words.some((word) => own.has(word));
}

/** A value is known only while one plain `set` gives it. */
function assign(values: Map<string, string>, name: string, rest: readonly string[], depth: number): void {
  const [value] = rest;
  if (depth === 0 && rest.length === 1 && value !== undefined && !values.has(name)) values.set(name, value);
  else if (!PROJECT_VARIABLES.includes(name)) values.set(name, '${}');
}

function expand(word: string, values: ReadonlyMap<string, string>): string {
  return word.replaceAll(/\$\{([\w.-]{1,100})\}/g, (whole, name: string) => values.get(name) ?? whole);
}

function isName(word: string): boolean {
  return /^[\w.+-]{1,200}$/.test(word);
}

function isFolder(word: string): boolean {
  return /^[\w.+/-]{1,400}$/.test(word) && !word.startsWith('/');
}

/** Each `command(words)`, comments and strings understood. */
function* callsIn(text: string): Generator<Call> {
  const start = /#\[(=*)\[|#[^\n]*|\b([A-Za-z_]\w{0,100})[ \t]*\(/g;
  for (let match = start.exec(text); match !== null; match = start.exec(text)) {
    const [, bracket, command] = match;
    if (bracket !== undefined) start.lastIndex = afterBracket(text, start.lastIndex, bracket);
    else if (command !== undefined) {
      const { words, end } = wordsFrom(text, start.lastIndex);
      start.lastIndex = end;
      yield { command: command.toLowerCase(), words };
    }
  }
}

function afterBracket(text: string, from: number, equals: string): number {
  const end = text.indexOf(`]${equals}]`, from);
  return end < 0 ? text.length : end;
}

/** Up to the parenthesis that closes the call; nested ones are words of it. */
function wordsFrom(text: string, from: number): { readonly words: readonly string[]; readonly end: number } {
  const token = /#[^\n]*|"((?:\\[\s\S]?|[^"\\])*)(?:"|$)|[()]|[^\s()"#]+/g;
  const part = text.slice(from, from + MAX_CALL_CHARACTERS);
  const words: string[] = [];
  let depth = 1;
  for (let match = token.exec(part); match !== null; match = token.exec(part)) {
    const [whole, quoted] = match;
    if (whole === '(') depth++;
    else if (whole === ')' && --depth === 0) return { words, end: from + token.lastIndex };
    else if (!whole.startsWith('#')) words.push(quoted ?? whole);
  }
  return { words, end: from + part.length };
}
