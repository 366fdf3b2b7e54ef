import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../built-cli.ts';
import { COMMAND_LINE, commandProblems, OPTIONS, optionsIn, quotedProblems, withoutForeign } from './command-lines.ts';
import { readTexts } from './hint-texts.ts';

/** That an error has a hint is kept by the compiler (`MorselErrorOptions`); here, that the hint can be followed. */
const ANY_OPTION = new Set([...OPTIONS.values()].flatMap((options) => [...options]));

/** The word after the name of morsel where no command is meant: "run morsel as an ordinary user". */
const PROSE: ReadonlySet<string> = new Set(['as']);

const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
  .map((path) => [path, readFileSync(join(ROOT, 'src', path), 'utf8')] as const);
const texts = Object.entries(readTexts(Object.fromEntries(sources)));

describe('hints', () => {
  it.each(texts.filter(([, { hints }]) => hints.length > 0))('of %s can be followed', (_path, { hints }) => {
    expect(hints.flatMap(problemsOf)).toEqual([]);
  });

  it('are found as properties, constants, parameters, and in calls from elsewhere', () => {
    const made = readTexts({
      'a.ts': `export function refused(what: string, hint = 'one') { throw new E(what, { hint }); }
        const hints = { a: \`two \${x} \${y ? 'three' : z}\` };
        function targetHint() { return 'four'; }`,
      'b.ts': `refused('what', 'five'); new E('what', { hint: a ? 'six' : B }); const reason = 'seven';`,
      'c.ts': `function refused(what: string, where: string) {} refused('eight', 'nine');`,
    });
    expect(made['a.ts']?.hints).toEqual(['one', 'two … …', 'three', 'four']);
    expect(made['b.ts']?.hints).toEqual(['five', 'six']);
    expect(made['b.ts']?.all).toContain('seven');
    expect(made['c.ts']?.hints).toEqual([]);
  });

  it('are refused with a command or option that does not exist', () => {
    expect(problemsOf('run `morsel fix`')).toEqual(['no command: morsel fix']);
    expect(problemsOf('say which: morsel ldd --platform X')).toEqual(['no option of ldd: --platform']);
    expect(problemsOf('choose one with --rooms, or -Q')).toEqual(['no option: --rooms', 'no option: -Q']);
    expect(problemsOf('skopeo copy --all, then `morsel ldd --tree` or -o DIR/')).toEqual([]);
    expect(problemsOf('run it.')).toEqual(['not one sentence: "run it."']);
  });
});

describe('every text of the sources', () => {
  it('names no command line of morsel that it would not take', async () => {
    expect(texts.flatMap(([, { all }]) => all.flatMap(commandProblems))).toEqual([]);
    expect((await Promise.all(texts.flatMap(([, { all }]) => all.map(quotedProblems)))).flat()).toEqual([]);
  });

  it('leads to pages and headings that are there', () => {
    expect(texts.flatMap(([, { all }]) => all.flatMap(pageProblems))).toEqual([]);
    expect(pageProblems('see "Checks" in docs/reference/morsel-json.md')).toEqual([]);
    expect(pageProblems('see docs/guide/absent.md')).toEqual(['no page: docs/guide/absent.md']);
    expect(pageProblems('see "Nothing" in docs/reference/morsel-json.md')).toEqual([
      'no heading: "Nothing" in docs/reference/morsel-json.md',
    ]);
  });

  it('is refused with a quoted command line that the program does not take', async () => {
    expect(await quotedProblems('`morsel build .` and `morsel ldd --tree FILE`')).toEqual([]);
    expect(await quotedProblems('`morsel inspect a b`')).toHaveLength(1);
    expect(await quotedProblems('`morsel ldd --root /x`')).toHaveLength(1);
  });
});

function pageProblems(text: string): readonly string[] {
  return [...text.matchAll(/(?:"([^"]+)" in )?\b(docs\/[\w/.-]+\.md)/g)].flatMap(([, heading, page = '']) => {
    if (!existsSync(join(ROOT, page))) return [`no page: ${page}`];
    const headings = [...readFileSync(join(ROOT, page), 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, title]) => title);
    return heading === undefined || headings.includes(heading) ? [] : [`no heading: "${heading}" in ${page}`];
  });
}

function problemsOf(hint: string): readonly string[] {
  const words = [...hint.matchAll(/(?<![\w.-])morsel ([a-z]+)/g)].map(([, word = '']) => word);
  const own = withoutForeign(hint).replaceAll(COMMAND_LINE, '');
  return [
    ...(/\n|\.$/.test(hint) ? [`not one sentence: ${JSON.stringify(hint)}`] : []),
    ...words
      .filter((word) => !OPTIONS.has(word) && !PROSE.has(word))
      .map((word) => `no command: morsel ${word}`),
    ...commandProblems(hint),
    ...optionsIn(own)
      .filter((option) => !ANY_OPTION.has(option))
      .map((option) => `no option: ${option}`),
  ];
}
