import { parseDescriptor, skipQuoted } from './strace-text.ts';
import type { TraceLine } from './trace-lines.ts';

/** A system call with its answer. */
export interface TraceCall {
  readonly name: string;
  /** As they are written; the last of a line that was too long are missing. */
  readonly args: readonly string[];
  readonly result: CallResult;
}

export type CallResult =
  /** `path`: of the descriptor that it gave. */
  | { readonly kind: 'success'; readonly value: number; readonly path?: string | undefined }
  | { readonly kind: 'error'; readonly errno: string }
  /** `?`: it never answered, or is made again by itself. */
  | { readonly kind: 'none' };

const NAME = /^[a-z_][a-z0-9_]*(?=\()/;

/** The name of the call that a line begins with, or its first half; undefined where there is none. */
export function callName(text: string): string | undefined {
  return NAME.exec(text)?.[0];
}

/** Null for what is not a whole call with its answer. */
export function parseCall(line: TraceLine): TraceCall | null {
  const name = callName(line.text);
  if (name === undefined) return null;
  const { args, end } = splitArguments(line.text, name.length + 1);
  const isOpen = end === -1;
  if (isOpen && line.end === undefined) return null;
  const result = isOpen ? resultAtEnd(line.end ?? '') : parseResult(line.text.slice(end));
  return result === null ? null : { name, args, result };
}

interface Arguments {
  readonly args: readonly string[];
  /** Index behind the bracket that closes them; -1 when there is none. */
  readonly end: number;
}

/** Commas in strings, structures, comments and the paths of descriptors are no ends of arguments. One pass. */
function splitArguments(text: string, start: number): Arguments {
  const args: string[] = [];
  let depth = 0;
  let from = start;
  for (let index = start; index < text.length;) {
    const character = text[index];
    if (character === ')' && depth === 0) {
      if (index > from || args.length > 0) args.push(text.slice(from, index).trim());
      return { args, end: index + 1 };
    }
    if (character === ',' && depth === 0) {
      args.push(text.slice(from, index).trim());
      from = index + 1;
    }
    depth += depthChange(character);
    index = skipToken(text, index);
    if (index === -1) break;
  }
  return { args, end: -1 };
}

function depthChange(character: string | undefined): number {
  if (character === '(' || character === '[' || character === '{') return 1;
  return character === ')' || character === ']' || character === '}' ? -1 : 0;
}

/** Index behind what begins at `index`: a string, a comment, the path of a descriptor or one character; -1: it does not end. */
function skipToken(text: string, index: number): number {
  switch (text[index]) {
    case '"':
      return skipQuoted(text, index);
    case '/':
      return text[index + 1] === '*' ? indexBehind(text, '*/', index + 2) : index + 1;
    case '<':
      return isDescriptorPath(text, index) ? indexBehind(text, '>', index + 1) : index + 1;
    default:
      return index + 1;
  }
}

function indexBehind(text: string, what: string, from: number): number {
  const found = text.indexOf(what, from);
  return found === -1 ? -1 : found + what.length;
}

/** `3</etc>` and `AT_FDCWD</etc>`, not `1<<3`. */
function isDescriptorPath(text: string, index: number): boolean {
  const before = text[index - 1] ?? '';
  return ((before >= '0' && before <= '9') || text.endsWith('AT_FDCWD', index)) && text[index + 1] !== '<';
}

const ANSWER = /^ += (?<answer>[^]*)$/;
/** The answer of a line without its middle; what gives descriptors has no long lines. */
const ANSWER_AT_END = /\) += (?<answer>\?|\? E[A-Z]+ \([\w ]+\)|\d+|-1 E[A-Z0-9]+ \([\w ,'./-]+\))$/;

function parseResult(text: string): CallResult | null {
  const answer = ANSWER.exec(text)?.groups?.['answer'];
  return answer === undefined ? null : parseAnswer(answer);
}

function resultAtEnd(text: string): CallResult | null {
  const answer = ANSWER_AT_END.exec(text)?.groups?.['answer'];
  return answer === undefined ? null : parseAnswer(answer);
}

const VALUE = /^(?<value>\d{1,19}|0x[0-9a-f]{1,16})(?<path><[^<>]*>(?:\(deleted\))?)?(?: [/(][^]*)?$/;
const ERROR = /^-1 (?:(?<errno>E[A-Z0-9]+) \(|\(errno )/;

function parseAnswer(answer: string): CallResult | null {
  if (answer.startsWith('?')) return { kind: 'none' };
  const failed = ERROR.exec(answer);
  if (failed !== null) return { kind: 'error', errno: failed.groups?.['errno'] ?? '' };
  const groups = VALUE.exec(answer)?.groups;
  if (groups === undefined) return null;
  const value = Number(groups['value']);
  const path = groups['path'] === undefined ? undefined : parseDescriptor(`0${groups['path']}`)?.path;
  return { kind: 'success', value, path };
}
