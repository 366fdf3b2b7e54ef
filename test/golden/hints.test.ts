import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../built-cli.ts';
import { COMMAND_LINE, commandProblems, OPTIONS, optionsIn } from './command-lines.ts';
import { readTexts } from './hint-texts.ts';

/** That an error has a hint is kept by the compiler (`MorselErrorOptions`); here, that the hint can be followed. */
const ANY_OPTION = new Set([...OPTIONS.values()].flatMap((options) => [...options]));

/** Options after these words are theirs, to the end of the clause. */
const FOREIGN_COMMAND =
  /(?<![\w.-])(?:apt-get|bzip2|cargo|docker|ls|pip|rustup|setfattr|skopeo|tar|ulimit|xz|zstd) [^;,:`)]*/g;
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
    expect(problemsOf('choose one with --platform, or -Q')).toEqual(['no option: --platform', 'no option: -Q']);
    expect(problemsOf('skopeo copy --all, then `morsel ldd --tree` or -o DIR/')).toEqual([]);
    expect(problemsOf('run it.')).toEqual(['not one sentence: "run it."']);
  });
});

it('names no command line of morsel anywhere that it would not take', () => {
  expect(texts.flatMap(([, { all }]) => all.flatMap(commandProblems))).toEqual([]);
});

function problemsOf(hint: string): readonly string[] {
  const words = [...hint.matchAll(/(?<![\w.-])morsel ([a-z]+)/g)].map(([, word = '']) => word);
  const own = hint.replaceAll(FOREIGN_COMMAND, '').replaceAll(COMMAND_LINE, '');
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
