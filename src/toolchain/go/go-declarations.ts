/** A top-level declaration of a Go file, comments and the content of strings left out. */
export interface GoDeclaration {
  readonly kind: 'func' | 'method' | 'type' | 'var' | 'const';
  /** Names that it declares; of a method its own. */
  readonly names: readonly string[];
  readonly code: string;
  /** What a function does: `nothing` (empty, or constants), `fails` (only an error or a panic), or `work`. */
  readonly does: 'nothing' | 'fails' | 'work';
}

export interface GoText {
  readonly declarations: readonly GoDeclaration[];
  readonly strings: readonly string[];
  /** What stands before the first declaration, with its strings: the imports. */
  readonly head: string;
}

/** An unclosed string ends with its line, an unclosed comment with the file: each character is read once. */
const TOKEN =
  /\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*|"(?:\\[^\n]?|[^"\\\n])*(?:"|$|(?=\n))|`[^`]*(?:`|$)|'(?:\\[^\n]?|[^'\\\n])*(?:'|$|(?=\n))/g;

/** Pure; the time is proportional to the length. */
export function readGoText(text: string): GoText {
  const strings: string[] = [];
  const code = text.replaceAll(TOKEN, (token) => {
    if (token.startsWith('/')) return ' ';
    if (!token.startsWith("'")) strings.push(token.slice(1, -1));
    return "''";
  });
  const parts = code.split(/^(?=(?:func|type|var|const)\b)/m);
  return {
    declarations: parts.slice(1).map(declarationOf),
    strings,
    head:
      text.replaceAll(/\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*/g, ' ').split(/^(?:func|type|var|const)\b/m, 1)[0] ??
      '',
  };
}

function declarationOf(code: string): GoDeclaration {
  const func = /^func\s*(\([^)]*\))?\s*([\p{L}_][\p{L}\p{N}_]*)/u.exec(code);
  if (func !== null)
    return {
      kind: func[1] === undefined ? 'func' : 'method',
      names: [func[2] ?? ''],
      code,
      does: whatItDoes(bodyOf(code)),
    };
  const kind = /^(type|var|const)/.exec(code)?.[1] as 'type' | 'var' | 'const';
  return { kind, names: declaredNames(code.slice(kind.length)), code, does: 'work' };
}

/** `x = 1`, `x, y int`, or one a line between parentheses. Names within a struct are listed with them: no harm. */
function declaredNames(rest: string): readonly string[] {
  const isBlock = /^\s*\(/.test(rest);
  const lines = isBlock ? rest.split('\n') : [rest.split('\n', 1)[0] ?? ''];
  return lines.flatMap((line) => {
    const names = /^[\s(]*([\p{L}_][\p{L}\p{N}_]*(?:\s*,\s*[\p{L}_][\p{L}\p{N}_]*){0,50})/u.exec(line)?.[1];
    return names === undefined ? [] : names.split(',').map((name) => name.trim());
  });
}

/** The block that ends with the last brace; a signature may have braces of its own. '' where there is none (assembly). */
function bodyOf(code: string): string {
  const end = code.lastIndexOf('}');
  let depth = 0;
  for (let at = end; at >= 0; at--) {
    if (code[at] === '}') depth++;
    else if (code[at] === '{' && --depth === 0) return code.slice(at + 1, end);
  }
  return '';
}

/** Calls that make an error, or end the program. */
const ERROR_CALLS = /\b(?:errors\.New|fmt\.Errorf|panic|log\.(?:Fatal|Panic)(?:f|ln)?)\s*\(/g;

const ERROR_WORDS = /\bE[A-Z]{3,12}\b|err|unsupported|unimplemented|panic\s*\(|log\.(?:Fatal|Panic)/i;

function whatItDoes(body: string): GoDeclaration['does'] {
  const statements = body
    .split(/[\n;]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (statements.some((line) => !/^(?:return\b|panic\s*\(|log\.(?:Fatal|Panic)|_\s*=\s)/.test(line)))
    return 'work';
  const plain = body.replaceAll(ERROR_CALLS, '');
  if (/[\w\])]\s*\(/.test(plain.replaceAll(/\breturn\s*\(/g, ''))) return 'work';
  return ERROR_WORDS.test(body) ? 'fails' : 'nothing';
}
