import type { BuildFile, FileProgram } from './c-programs.ts';

/** An unclosed string ends with its line: it is read once. Strings, comments, the words that open and close a block, and calls that matter; in the order of the text. */
const TOKEN =
  /'''[\s\S]*?(?:'''|$)|'(?:\\[\s\S]?|[^'\\\n])*(?:'|$|(?=\n))|#[^\n]*|\b(if|foreach|endif|endforeach)\b|\b(executable|subdir|subdir_done|project)\s*\(/g;

/** Enough for the name and the options of a target with a long list of sources. */
const MAX_CALL_CHARACTERS = 64 * 1024;

/** `executable('name', …)` and `subdir('x')` of a meson.build. */
export function readMesonFile(text: string, projectName: string | null): BuildFile {
  const programs: FileProgram[] = [];
  const below: { path: string; folder: string; isCertain: boolean }[] = [];
  let isComputed = false;
  let depth = 0;
  const token = new RegExp(TOKEN);
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [, block, call] = match;
    if (block !== undefined) depth = Math.max(0, depth + (block.startsWith('end') ? -1 : 1));
    if (call === 'subdir_done') isComputed = true;
    if (call !== 'executable' && call !== 'subdir') continue;
    const { args, end } = argumentsFrom(text, token.lastIndex);
    token.lastIndex = end;
    const name = firstArgument(args, projectName);
    if (name === null) isComputed = true;
    else if (call === 'subdir')
      below.push({ path: `${name}/meson.build`, folder: name, isCertain: depth === 0 });
    else if (!/\bbuild_by_default\s*:\s*false\b/.test(args)) {
      if (/\bname_(suffix|prefix)\s*:/.test(args)) isComputed = true;
      const install = /\binstall\s*:\s*([\w.()]+)/.exec(args)?.[1] ?? 'false';
      programs.push({ name, isCertain: depth === 0, isInstalled: install !== 'false' });
    }
  }
  return { programs, below, isComputed };
}

/** The text between a call's parentheses. */
function argumentsFrom(text: string, from: number): { readonly args: string; readonly end: number } {
  const token = /'''[\s\S]*?(?:'''|$)|'(?:\\[\s\S]?|[^'\\\n])*(?:'|$|(?=\n))|#[^\n]*|[()]/g;
  const part = text.slice(from, from + MAX_CALL_CHARACTERS);
  let depth = 1;
  for (let match = token.exec(part); match !== null; match = token.exec(part)) {
    if (match[0] === '(') depth++;
    else if (match[0] === ')' && --depth === 0)
      return { args: part.slice(0, match.index), end: from + token.lastIndex };
  }
  return { args: part, end: from + part.length };
}

function firstArgument(args: string, projectName: string | null): string | null {
  if (/^\s*meson\.project_name\(\)/.test(args)) return projectName;
  const literal = /^\s*'([\w.+/-]{1,400})'\s*(?:,|$)/.exec(args)?.[1];
  return literal ?? null;
}
