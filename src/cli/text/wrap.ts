import { displayWidth } from './display-width.ts';

/** In place of a blank at which no line may be broken: text of others has none, since control characters are escaped. */
export const FIRM_BLANK = '\u0001';

/** Compilers' words stand behind it (`quote`): their carets point at what stands above. */
const QUOTED = /^(?:\u001B\[[\d;]*m)? {2}\|/;
/** A column narrower than this is not read, but spelled. */
const LEAST_COLUMN = 30;
/**
 * Further in than its line stands what did not fit into it: odd, where all lines of morsel's own begin at even columns, so
 * that the words of others make no line that looks like one.
 */
const HANG = 3;
const HANG_OF_ROW = 5;

/**
 * Lines for a terminal of so many columns. They are broken at blanks, and what follows hangs below: under its own column
 * where the line has columns (two blanks and more). A command that is to be copied, an option with its value, a path or a
 * URL is never broken; where one alone is wider, the terminal breaks it, which copies as one.
 */
export function wrapLines(shown: string, columns: number): string {
  return shown
    .split('\n')
    .map((line) => (displayWidth(line) <= columns || QUOTED.test(line) ? line : wrapLine(line, columns)))
    .join('\n');
}

function wrapLine(line: string, columns: number): string {
  const [indent = ''] = /^ */.exec(line) ?? [];
  const cells = [...line.slice(indent.length).matchAll(/( {2,})?((?:[^ ]| (?! ))+)/g)];
  const row = cells.length > 1;
  const page = new Page(indent, columns);
  for (const [, gap = '', cell = ''] of cells) {
    const words = unbroken(cell.trimEnd().split(' '));
    if (
      gap !== '' &&
      !page.takes(gap.length + displayWidth(words.join(' '))) &&
      !isColumn(page, gap, words)
    ) {
      page.newLine(indent.length + HANG_OF_ROW);
      page.write(words, indent.length + HANG_OF_ROW);
    } else {
      page.skip(gap);
      page.write(words, row && gap !== '' ? page.column : indent.length + HANG);
    }
  }
  return page.text();
}

function isColumn(page: Page, gap: string, words: readonly string[]): boolean {
  return words.length > 1 && page.columns - page.column - gap.length >= LEAST_COLUMN;
}

/** What is written by now, and where. */
class Page {
  readonly columns: number;
  column: number;
  /** Of the last line. */
  #text: string;
  readonly #lines: string[] = [];

  constructor(indent: string, columns: number) {
    this.columns = columns;
    this.column = indent.length;
    this.#text = indent;
  }

  text(): string {
    return [...this.#lines, this.#text].join('\n');
  }

  takes(width: number): boolean {
    return this.column + width <= this.columns;
  }

  newLine(indent: number): void {
    this.#lines.push(this.#text.trimEnd());
    this.#text = ' '.repeat(indent);
    this.column = indent;
  }

  skip(gap: string): void {
    this.#put(gap, gap.length);
  }

  write(words: readonly string[], hang: number): void {
    words.forEach((word, index) => {
      const width = displayWidth(word);
      if (index > 0 && this.takes(width + 1)) this.#put(' ', 1);
      else if (index > 0) this.newLine(hang);
      this.#put(word, width);
    });
  }

  #put(text: string, width: number): void {
    this.#text += text;
    this.column += width;
  }
}

/** Programs whose command lines stand in hints and reports without quotes around them. */
const PROGRAMS =
  /^[(`]?(?:morsel|docker|podman|skopeo|apt-get|apt|apk|dnf|pip|pip3|cargo|rustup|go|npm|git|make|cmake|sudo|readelf|strace|patchelf|chmod|ls|sh|env|cd)$/;
/** After a program's name: a verb of it, an option, a path. `docker refused it` is no command. */
const COMMAND_WORD =
  /^(?:-{1,2}[\w-]|[./~]|&&$|[A-Z][A-Z_]+\b|\w+=|(?:build|bench|bundle|compare|copy|doctor|explain|image|info|inspect|install|add|ldd|load|mod|prove|ps|pull|push|run|save|start|tag|target|toolchain|update|login|-m)[`),;]?$)/;
const ASSIGNMENT = /^[A-Z][A-Z\d_]*=\S*$/;
const OPTION = /^[(`]?-{1,2}[a-zA-Z][\w-]*$/;
/** A sentence goes on after a command. */
const PROSE =
  /^(?:and|or|to|for|with|which|that|brings|gives|says|shows|when|where|if|then|before|after|as|in|on|it|there|who|knows|may|can|does|is|has)$/;

/** Words of one line, with those joined between which it may not be broken. */
function unbroken(words: readonly string[]): readonly string[] {
  const joined: string[] = [];
  let closing: string | null = null;
  let inCommand = false;
  words.forEach((word, index) => {
    const before = words[index - 1] ?? '';
    const joins =
      index > 0 && (closing !== null || (inCommand && !PROSE.test(word)) || takesValue(before, word));
    if (joins) joined[joined.length - 1] += ` ${word}`;
    else joined.push(word);
    closing = closing === null ? openedBy(word) : closes(word, closing) ? null : closing;
    const starts = PROGRAMS.test(word) || ASSIGNMENT.test(word);
    const next = words[index + 1] ?? '';
    if (starts && !inCommand)
      inCommand = COMMAND_WORD.test(next) || (ASSIGNMENT.test(word) && PROGRAMS.test(next));
    else if (inCommand) inCommand = joins && !/[;,):]$/.test(word);
  });
  return joined;
}

function takesValue(option: string, value: string): boolean {
  return OPTION.test(option) && !PROSE.test(value);
}

/** A quotation that goes on behind this word: of several words, it is one argument, or a command. */
function openedBy(word: string): string | null {
  const [quote = null] = /['"`]/.exec(word.replace(/^[([{]/, '').slice(0, 1)) ?? [];
  return quote !== null && !closes(word.slice(1), quote) ? quote : null;
}

const closes = (word: string, quote: string): boolean =>
  word.lastIndexOf(quote) >= Math.max(0, word.length - 3);
