import { configurationFields } from '../../src/pipeline/index.ts';
import { PATTERN_DESCRIPTION } from '../../src/proof/check-schema.ts';
import { CONFIGURATION_LIMIT_BYTES } from '../../src/pipeline/request/configuration.ts';

/** `docs/reference/morsel-json.md`, from the validator and from the bounds that it names. */
export function morselJsonPage(generated: string): string {
  const { fields, checks } = configurationFields();
  return [
    generated,
    '# morsel.json',
    '',
    'What the command line would otherwise repeat, beside the project (for a source file: beside that file). The command line',
    'wins over it. No field is required, none other is taken, and the file has at most',
    `${CONFIGURATION_LIMIT_BYTES} bytes of UTF-8. Editors find its schema in \`schema/morsel.schema.json\`.`,
    '',
    '```json',
    '{',
    '  "tags": ["hello:1.0"],',
    '  "add": ["conf/app.toml:/etc/app.toml:0644"],',
    '  "checks": [{ "name": "greets", "args": ["--greet"], "expectedOutput": ["^Hello"] }]',
    '}',
    '```',
    '',
    ...table(fields),
    '',
    '## What a foreign project may do',
    '',
    'To build a project is to run it: its Makefile, its build scripts and its compiler flags are code that runs with your',
    'rights, as it is with `make`, unless you ask for `--sandbox-build`',
    '([why](../explanation/builds-of-foreign-projects.md)). Its `morsel.json` adds nothing to that, and is no way around looking:',
    '',
    '- It picks no file from outside of its own folder. A path of `add` that leads out, by `..`, as an absolute path or through',
    '  a link, is refused (`CONFIG_INVALID`), and looked at again when it is packed. Only `--add` on the command line takes',
    '  what lies elsewhere. Links within an added folder stay links: what they lead to is not packed.',
    '- It names no output: `-o` is the command line’s. Its `name` is the name of the archive in the current folder, where a',
    '  link of that name is not followed.',
    '- Its `checks` run in the sandbox alone, without a network.',
    '- It is read only as a regular file, and bounded.',
    '',
    '## Checks',
    '',
    'Each element of `checks`. With `http` or `tcp` the program is a server: it is started, asked until it answers or',
    'its time is over, and stopped; a wrong status or body, twice in a row, is its answer, but for 503. Words and variables may not hold NUL.',
    '',
    ...table(checks),
    '',
    '### Regular expressions',
    '',
    `${PATTERN_DESCRIPTION}`,
    'RE2 matches in time that grows with the text and not with the pattern, and what is not decided within `timeoutSeconds`, or',
    'within some seconds, fails the check: no pattern can hang a proof. `\\s`, `$` before `\\r\\n`, `\\u0041`, `[^]` and `(?<name>…)` mean what they',
    'mean in JavaScript. In the place of `^(?!.*error)` write `"excludedOutput": ["error"]`.',
    '',
  ].join('\n');
}

function table(fields: ReturnType<typeof configurationFields>['fields']): readonly string[] {
  return [
    '| field | type | meaning |',
    '|---|---|---|',
    ...fields.map(({ field, type, meaning }) => `| \`${field}\` | ${type} | ${meaning} |`),
  ];
}
