import { EXIT } from '../../src/core/exit-codes.ts';
import {
  allCommands,
  type CommandModel,
  type OptionModel,
  spellings,
} from '../../src/cli/completion/command-model.ts';

/** `docs/man/morsel.1`, from the command line itself; man(7). The page has no date: the same sources give the same bytes. */
export function manPage(program: CommandModel, exitMeanings: Readonly<Record<keyof typeof EXIT, string>>): string {
  const codes = Object.keys(EXIT) as (keyof typeof EXIT)[];
  return [
    '.\\" Generated from the code by `npm run docs`; edit the code instead.',
    '.TH MORSEL 1 "" "morsel" "User Commands"',
    '.SH NAME',
    'morsel \\- turns a program into the smallest container image that is proven to run',
    '.SH SYNOPSIS',
    '.B morsel',
    '.I COMMAND',
    '.RI [ OPTIONS ]',
    '.RI [ ARGUMENTS ]',
    '.SH DESCRIPTION',
    'Reads what a program needs, links it statically where that can be, writes the smallest image that runs it, and proves that',
    'by running it. No daemon, no Dockerfile, no root. Results go to standard output, everything else to standard error.',
    '.SH COMMANDS',
    ...allCommands(program).flatMap(({ path, command }) => commandSection(path, command)),
    '.SH EXIT STATUS',
    ...codes.flatMap((code) => ['.TP', `.B ${EXIT[code]}`, roff(exitMeanings[code])]),
    '.PP',
    '.B morsel run',
    "passes the program's own exit code through, and uses 125, 126 and 127 as",
    '.B docker run',
    'does.',
    '.SH ENVIRONMENT',
    ...ENVIRONMENT.flatMap(([name, meaning]) => ['.TP', `.B ${name}`, roff(meaning)]),
    '.SH FILES',
    '.TP',
    '.I morsel.json',
    'Beside the project: what the command line would otherwise repeat.',
    '.TP',
    '.I ~/.cache/morsel',
    'What is kept between builds;',
    '.B morsel cache',
    'shows and removes it.',
    '.SH SEE ALSO',
    '.BR docker (1),',
    '.BR ldd (1)',
    '',
  ].join('\n');
}

const ENVIRONMENT = [
  ['SOURCE_DATE_EPOCH', 'seconds since 1970: the time of every file; 0 without it'],
  ['XDG_CACHE_HOME', 'where the cache is, instead of ~/.cache'],
  ['TMPDIR', 'where programs are unpacked and run'],
  ['NO_COLOR, FORCE_COLOR', 'no colours, or colours also where output is no terminal'],
] as const;

function commandSection(path: readonly string[], command: CommandModel): readonly string[] {
  return [
    `.SS morsel ${path.join(' ')}`,
    roff(`${sentence(command.summary)}.`),
    ...command.options.flatMap((option) => ['.TP', optionLine(option), roff(option.description)]),
  ];
}

function optionLine(option: OptionModel): string {
  const value = option.choices?.join('|') ?? 'VALUE';
  const words = spellings(option).map((word) => `\\fB${roff(word)}\\fR`);
  return `${words.join(', ')}${option.takesValue ? ` \\fI${roff(value)}\\fR` : ''}`;
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** man(7): a backslash, a hyphen that is to stay one, and what would be a request at the start of a line. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('’', "\\(cq")
    .replaceAll('“', '\\(lq')
    .replaceAll('”', '\\(rq')
    .replaceAll('…', '...')
    .replace(/^[.']/, '\\&$&');
}
