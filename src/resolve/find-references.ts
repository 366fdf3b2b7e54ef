import { Composer, Lexer, LineCounter, Parser, visit, type CST, type Scalar } from 'yaml';
import { MorselError } from '../core/errors.ts';
import { Turns } from '../core/turns.ts';
import type { DocumentsFile } from './read-documents.ts';

/** A string of a document that stands for an image: `morsel://./cmd/server`. */
export interface ImageReference {
  /** What `morsel build` takes: `./cmd/server`. */
  readonly path: string;
  /** `k8s.yaml:12:16`, of its first character. */
  readonly where: string;
  /** Of the string as it is written, with its quotes: UTF-16 units of the text, the end not included. */
  readonly start: number;
  readonly end: number;
  readonly style: 'plain' | 'single' | 'double' | 'block';
}

const SCHEME = 'morsel://';

/**
 * Collections in collections. The composer calls itself for each, and V8 ends the whole process, instead of throwing, where
 * the stack ends inside of a regular expression. Kubernetes' own schemas have some thirty.
 */
const DEPTH_LIMIT = 256;
/** Each costs a tree of its own. */
const DOCUMENTS_LIMIT = 10_000;

/** Some milliseconds of work. */
const TOKENS_A_TURN = 1_000;

const STYLES: Readonly<Record<string, ImageReference['style']>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_FOLDED: 'block',
  BLOCK_LITERAL: 'block',
};

/**
 * Every string of every document, be it a value, an item or a key, that begins with `morsel://`; white space around it is
 * left out, as ko does. An alias is its anchor's. Errors: CONFIG_INVALID with the place, LIMIT_EXCEEDED, INTERRUPTED.
 */
export async function findReferences(
  { name, text }: DocumentsFile,
  signal?: AbortSignal,
): Promise<readonly ImageReference[]> {
  const lines = new LineCounter();
  const turns = new Turns(signal, `reading ${name}`);
  const tokens = await parseTokens(name, text, lines, turns);
  const found: ImageReference[] = [];
  // Keys that are there twice are the business of whoever reads the documents, and take a time that is quadratic.
  for (const document of new Composer({ uniqueKeys: false, logLevel: 'silent' }).compose(tokens)) {
    await turns.take();
    const [problem] = document.errors;
    if (problem !== undefined) throw invalid(placeOf(name, lines, problem.pos[0]), problem.message);
    visit(document, {
      Scalar: (_key, scalar) => {
        const reference = referenceOf(scalar, (offset) => placeOf(name, lines, offset));
        if (reference !== null) found.push(reference);
      },
    });
  }
  return found;
}

async function parseTokens(
  name: string,
  text: string,
  lines: LineCounter,
  turns: Turns,
): Promise<readonly CST.Token[]> {
  const parser = new Parser(lines.addNewLine);
  const tokens: CST.Token[] = [];
  const read = (source: string): void => {
    for (const token of parser.next(source)) tokens.push(token);
    if (parser.stack.length > DEPTH_LIMIT) throw tooMuch(name, `${DEPTH_LIMIT} collections in each other`);
    if (tokens.length > DOCUMENTS_LIMIT) throw tooMuch(name, `${DOCUMENTS_LIMIT} documents`);
  };
  lines.addNewLine(0);
  let count = 0;
  for (const source of new Lexer().lex(text)) {
    read(source);
    count += 1;
    if (count % TOKENS_A_TURN === 0) await turns.take();
  }
  for (const token of parser.end()) tokens.push(token);
  return tokens;
}

function referenceOf(
  { value, type, range }: Scalar,
  place: (offset: number) => string,
): ImageReference | null {
  const style = STYLES[type ?? ''];
  if (typeof value !== 'string' || style === undefined || range === null || range === undefined) return null;
  const named = value.trim();
  if (!named.startsWith(SCHEME)) return null;
  const [start, end] = range;
  const path = named.slice(SCHEME.length);
  if (path !== '') return { path, where: place(start), start, end, style };
  throw new MorselError('CONFIG_INVALID', `${place(start)}: ${SCHEME} names no path`, {
    hint: `write ${SCHEME}./PATH: what \`morsel build\` takes, from the current directory`,
  });
}

function placeOf(name: string, lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `${name}:${line}:${col}`;
}

/** The library's message goes on with lines of the text. */
function invalid(where: string, message: string): MorselError {
  const [said = ''] = message.split(/ at line \d+|\n/);
  return new MorselError('CONFIG_INVALID', `${where}: ${said}`, {
    hint: 'correct it: a template is to be made YAML first, as by `helm template`',
  });
}

function tooMuch(name: string, what: string): MorselError {
  return new MorselError('LIMIT_EXCEEDED', `${name} has more than ${what}`, {
    hint: 'give only the documents that name images',
  });
}
