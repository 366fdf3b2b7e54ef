import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfiguration } from '../../src/pipeline/request/parse-configuration.ts';
import { parseChecks } from '../../src/proof/parse-checks.ts';
import { ROOT } from '../built-cli.ts';
import { runTool } from '../run-tool.ts';
import { commandProblems, parseProblem } from './command-lines.ts';

/** Pages that are written by hand: what of them can be wrong without anybody noticing. */
const PAGES = ['.', 'bench', ...foldersBelow('docs')].flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);
/** A page names a source from `src/`, or from the folder that it speaks of. */
const SOURCES = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).map((path) => `src/${path}`);
const GUIDE = PAGES.filter((page) => page.startsWith('docs/guide/'));

interface Snippet {
  /** `docs/guide/ci.md:12`, of its first line. */
  readonly where: string;
  readonly language: string;
  readonly text: string;
}

function foldersBelow(folder: string): readonly string[] {
  const below = readdirSync(join(ROOT, folder), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return below.map(({ name }) => join(folder, name));
}

function read(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

function snippetsOf(page: string, ...languages: readonly string[]): readonly Snippet[] {
  const text = read(page);
  return [...text.matchAll(/^```([a-z]+)\n([^]*?)^```$/gm)]
    .map(({ index, 1: language = '', 2: code = '' }) => {
      return { where: `${page}:${text.slice(0, index).split('\n').length + 1}`, language, text: code };
    })
    .filter(({ language }) => languages.includes(language));
}

/** What a shell is given: all of a script, and behind the prompt of a transcript. */
function shellLines({ language, text }: Snippet): readonly string[] {
  const lines = text.split('\n');
  return language === 'sh' ? lines : lines.flatMap((line) => (line.startsWith('$ ') ? [line.slice(2)] : []));
}

describe('command lines', () => {
  it.each([...GUIDE, 'README.md'])('of %s are taken by the program', async (page) => {
    const lines = snippetsOf(page, 'sh', 'console').flatMap(shellLines);
    const problems = await Promise.all(lines.map(parseProblem));
    expect(problems.filter((problem) => problem !== null)).toEqual([]);
    expect(commandProblems(read(page))).toEqual([]);
  });

  it('are refused where the program would', async () => {
    expect(await parseProblem('echo x | morsel run jq.tar -- .a')).toBeNull();
    expect(await parseProblem('npm run build && node_modules/morsel/x')).toBeNull();
    expect(await parseProblem('X=1 morsel build . --sise small > x')).toContain("unknown option '--sise'");
    expect(await parseProblem('morsel inspect a b')).toContain('too many arguments');
    expect(await parseProblem('morsel build --size tiny')).toContain("'tiny' is invalid");
    expect(await parseProblem('docker run --rm $(morsel build . --load -q)')).toBeNull();
    expect(await parseProblem('source <(morsel completion tcsh)')).toContain('tcsh');
  });
});

it.each(GUIDE.flatMap((page) => snippetsOf(page, 'json')))('$where is a morsel.json', async ({ text, where }) => {
  const { checks = [] } = (await parseConfiguration(text, where)).fields;
  expect(await parseChecks(checks)).toHaveLength(checks.length);
});

describe('programs', () => {
  const snippets = [...GUIDE, 'README.md'].flatMap((page) => snippetsOf(page, 'ts'));
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'morsel-guide-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('agree with the types of the package', async () => {
    for (const { where, text } of snippets) writeFileSync(join(folder, fileOf(where)), text);
    // README's own speaks of things around it.
    writeFileSync(join(folder, 'around.d.ts'), 'declare const log: (x: unknown) => void, controller: AbortController;');
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(configurationFor()));
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const { stdout, exitCode } = await runTool(process.execPath, [tsc, '-p', folder]);
    expect(stdout).toBe('');
    expect(exitCode).toBe(0);
    expect(snippets.length).toBeGreaterThan(3);
  });

  function fileOf(where: string): string {
    return `${basename(where).replaceAll(/\W/g, '-')}.mts`;
  }

  /** The sources stand for the package: that its entries lead to them is package.json's and the build's affair. */
  function configurationFor(): object {
    const entries = { morsel: 'index.ts', 'morsel/elf': 'elf/index.ts', 'morsel/oci': 'index-oci.ts' };
    const paths = Object.entries(entries).map(([entry, file]) => [entry, [join(ROOT, 'src', file)]]);
    const typeRoots = [join(ROOT, 'node_modules/@types')];
    return {
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions: { paths: Object.fromEntries(paths), typeRoots },
      include: ['*.mts', '*.d.ts'],
    };
  }
});

describe('pages', () => {
  it.each(PAGES)('%s leads to files that are there', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)].map(([, link = '']) => link);
    expect(links.filter((link) => !existsSync(join(ROOT, dirname(page), link)))).toEqual([]);
  });

  // The changelog speaks of what was.
  it.each(PAGES.filter((page) => page !== 'CHANGELOG.md'))('%s names files that are there', (page) => {
    const named = [...read(page).matchAll(/`(?:npx vitest run )?((?:[a-z][\w.-]*\/)+[\w.-]+\.(?:ts|mjs|md))`/g)];
    const isThere = (path: string): boolean =>
      [path, join(dirname(page), path)].some((place) => existsSync(join(ROOT, place))) ||
      SOURCES.some((source) => source.endsWith(`/${path}`));
    expect(named.map(([, path = '']) => path).filter((path) => !isThere(path))).toEqual([]);
  });

  it('README.md has at most 120 lines', () => {
    expect(read('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(120);
  });
});
