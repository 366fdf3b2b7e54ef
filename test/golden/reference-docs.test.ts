import { spawnSync } from 'node:child_process';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { commandModel } from '../../src/cli/completion/command-model.ts';
import { createProgram } from '../../src/cli/start/program.ts';
import { EXIT, EXIT_CODE } from '../../src/core/exit-codes.ts';
import { ERROR_MEANINGS } from './error-meanings.ts';
import { GENERATED } from './generated.ts';
import { hasTool } from '../reference-tools.ts';
import { manPage } from './man-page.ts';
import { morselJsonPage } from './morsel-json-page.ts';
import { needsPage } from './needs-page.ts';
import { makeMorselSchema } from './morsel-schema.ts';

const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  done: 'done',
  no: 'the answer is no: the proof failed, images differ, a limit is exceeded, it will not run',
  usage: 'usage or configuration, and input that is not what it claims to be',
  build: 'the project did not compile, or no rung can work',
  network: 'registry, network, credentials, engine',
  machine: 'this machine lacks something (toolchain, sandbox, disk space); the message says what to install',
  bug: 'a bug in morsel; its stack is shown',
  interrupted: 'interrupted',
};

function exitCodesPage(): string {
  const codes = Object.keys(EXIT) as (keyof typeof EXIT)[];
  const errors = Object.keys(EXIT_CODE) as (keyof typeof EXIT_CODE)[];
  return [
    GENERATED,
    '# Exit codes and errors',
    '',
    'Scripts may rely on both. Exit codes say which kind of thing happened:',
    '',
    '| exit code | meaning |',
    '|---|---|',
    ...codes.map((name) => `| ${EXIT[name]} | ${EXIT_MEANINGS[name]} |`),
    '',
    "`morsel run` passes the program's own exit code through, and uses 125, 126 and 127 as `docker run` does.",
    '',
    'Error codes say which one. They are printed as `  code: …` on stderr, and with `--format json` as the field `code` of',
    'the one JSON object there (`code`, `message`, `hint`, `details`, `cause`). A code keeps its name; new ones may come.',
    'Every error has a hint that says what to do now; its words may change.',
    '',
    '| code | exit code | meaning |',
    '|---|---|---|',
    ...errors.map((code) => `| \`${code}\` | ${EXIT_CODE[code]} | ${ERROR_MEANINGS[code]} |`),
    '| `BUG` | 70 | something that morsel did not expect: please report it |',
    '',
  ].join('\n');
}

function cliPage(): string {
  const context = { signal: new AbortController().signal, exitCode: 0, format: undefined };
  const program = createProgram(context);
  const section = (command: Command, title: string): string =>
    `## ${title}\n\n\`\`\`text\n${helpOf(command).trimEnd()}\n\`\`\`\n`;
  const sections = (command: Command, title: string): readonly string[] => [
    section(command, title),
    ...command.commands.flatMap((inner) => sections(inner, `${title} ${inner.name()}`)),
  ];
  return [
    `${GENERATED}\n# The command line\n\nExit codes and errors: [exit-codes.md](exit-codes.md). What \`--format json\` prints: [json.md](json.md).\n`,
    section(program, 'morsel'),
    ...program.commands.flatMap((command) => sections(command, `morsel ${command.name()}`)),
  ].join('\n');
}

/** The help with the texts around it, at a width that does not depend on the terminal. */
function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => (text += part),
    getOutHelpWidth: () => 100,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return text;
}

describe('docs/reference', () => {
  it('has the exit codes and errors of the code', async () => {
    await expect(exitCodesPage()).toMatchFileSnapshot('../../docs/reference/exit-codes.md');
  });

  it('has the fields of morsel.json', async () => {
    await expect(morselJsonPage(GENERATED)).toMatchFileSnapshot('../../docs/reference/morsel-json.md');
  });

  it('has the needs of the families', async () => {
    await expect(needsPage(GENERATED)).toMatchFileSnapshot('../../docs/reference/needs.md');
  });

  it('has a manual page, in which groff finds no fault', async () => {
    const context = { signal: new AbortController().signal, exitCode: 0, format: undefined };
    const page = manPage(commandModel(createProgram(context)), EXIT_MEANINGS);
    await expect(page).toMatchFileSnapshot('../../docs/man/morsel.1');
    if (!hasTool('groff')) return;
    const read = spawnSync('groff', ['-man', '-ww', '-Tutf8', '-P-cbou'], { input: page, encoding: 'utf8' });
    expect(read.stderr).toBe('');
    expect(read.stdout).toContain('morsel cache prune');
  });

  it('has a schema of morsel.json that is made from the validator', async () => {
    await expect(`${JSON.stringify(makeMorselSchema(), null, 2)}\n`).toMatchFileSnapshot(
      '../../schema/morsel.schema.json',
    );
  });

  it('has the help of every command', async () => {
    await expect(cliPage()).toMatchFileSnapshot('../../docs/reference/cli.md');
  });
});
