import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BUILD_LIMIT_MS, cleanEnvironment, morsel } from '../built-cli.ts';
import { hasTool, requireInCi } from '../reference-tools.ts';
import { NEED_CASES, type NeedCase } from './needs-cases.ts';

/**
 * Each need with a program whose job needs it: left out, the proof fails in the sandbox and says so; packed by what the
 * program's bytes tell, the job is done, and the trace of the control run had nothing to add.
 */
const base = mkdtempSync(join(tmpdir(), 'morsel-needs-table-'));
const rows: string[] = [];
afterAll(() => rmSync(base, { recursive: true, force: true }));

interface Built {
  readonly rung: string;
  readonly files: readonly { readonly path: string; readonly reason: string }[];
  readonly proof: { readonly status: string };
}
interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly details?: { readonly checks?: readonly { readonly detail: string }[] };
}

/** A project of one file, or the program of this machine. */
function subject({ need, source, link = [], env = {}, program }: NeedCase): readonly string[] {
  const folder = join(base, need);
  mkdirSync(folder, { recursive: true });
  if (program !== undefined) return [program];
  writeFileSync(join(folder, `${need}.c`), source);
  const checks = [{ name: 'job', exitCode: 0, expectedOutput: ['^ok$'] }];
  writeFileSync(
    join(folder, 'morsel.json'),
    JSON.stringify({ rungs: ['closure'], c: { link }, env, checks }),
  );
  return [join(folder, `${need}.c`)];
}

async function build(one: NeedCase, ...flags: readonly string[]) {
  const output = join(base, one.need, 'image.tar');
  const job = one.args === undefined ? [] : ['--check', one.args.map((word) => `'${word}'`).join(' ')];
  const args = ['build', ...subject(one), '-o', output, ...job, ...flags];
  // What others build and remove meanwhile is nothing to this table.
  const env = cleanEnvironment({ XDG_CACHE_HOME: join(base, 'cache') });
  return morsel([...args, '--no-evidence', '--format', 'json'], { cwd: base, env });
}

const isHere = ({ requires }: NeedCase): boolean =>
  hasTool('gcc') &&
  (requires === undefined || requireInCi(`${requires}, for the table of needs`, existsSync(requires)));

describe('a need', () => {
  it.each(NEED_CASES.map((one) => [one.need, one] as const))(
    '%s is what the job fails without, and works with',
    async (need, one) => {
      if (!isHere(one)) return;
      const without = await build(one, '--without', need);
      expect(without.exitCode, without.stdout).toBe(1);
      const failure = JSON.parse(without.stderr.trim().split('\n').at(-1) ?? '') as Failure;
      expect(failure).toMatchObject({ code: 'PROOF_FAILED' });
      expect(failure.message).toContain(`left out by --without: ${need}`);

      const withIt = await build(one, ...(one.isAsked ? ['--with', need] : []));
      expect(withIt.exitCode, withIt.stderr).toBe(0);
      const built = JSON.parse(withIt.stdout) as Built;
      expect(built.proof.status).toBe('passed');
      const added = built.files.filter(({ reason }) => reason.startsWith(`${need}: `));
      expect(added).not.toEqual([]);
      if (!one.isAsked)
        expect(built.files.filter(({ reason }) => / on this machine/.test(reason))).toEqual([]);
      rows.push(rowOf(one, added, failure));
    },
    BUILD_LIMIT_MS,
  );

  it('stands in the table of bench/needs', async () => {
    if (rows.length < NEED_CASES.length) return;
    await expect(table()).toMatchFileSnapshot('../../bench/needs/table.md');
  });
});

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').trim();

function rowOf({ need, job, isAsked }: NeedCase, added: Built['files'], failure: Failure): string {
  const [first] = added;
  const evidence = (first?.reason ?? '').replace(`${need}: `, '').replace(/; from .*$/, '');
  const paths = added.slice(0, 2).map(({ path }) => `\`${path}\``);
  const more = added.length > paths.length ? ' …' : '';
  const detail = wordsOf(failure.message);
  const how = isAsked ? `--with ${need}` : 'by itself';
  return `| ${[need, job, evidence, how, `${paths.join(', ')}${more}`, detail, 'proven'].map(cell).join(' | ')} |`;
}

/** As far as it is the same in every run: Python ends its words with an address, GLib begins them with the time. */
function wordsOf(message: string): string {
  const ended = /exit code \d+, expected \d+|ended by SIG\w+|stderr says "[^"]*"/.exec(message)?.[0] ?? '';
  const said = /(?<=it said: ")[^"]*/.exec(message);
  const python = /ModuleNotFoundError: [^\\"]*/.exec(message)?.[0];
  const words = (python ?? said?.[0])?.replace(/ \d\d:\d\d:\d\d\.\d+:/, '');
  return words === undefined ? ended : `${ended}: "${words}"`;
}

function table(): string {
  return [
    '<!-- Written by test/e2e/needs-table.test.ts (`-u`), which observes each row in the sandbox. -->',
    '',
    '| need | the job | evidence | packed | files | without | with |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...[...rows].sort(),
    '',
  ].join('\n');
}
