import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { build } from '../../src/pipeline/index.ts';
import { EXAMPLES } from '../e2e/c-projects.ts';
import { hasTool } from '../reference-tools.ts';

const TIMEOUT_MS = 600_000;
const root = mkdtempSync(join(tmpdir(), 'morsel-edited-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** `kept`: an object that the edit does not concern, by its name in the work folder. */
interface Edit {
  readonly example: string;
  readonly tool: string;
  readonly source: string;
  readonly from: string;
  readonly to: string;
  readonly kept: RegExp | null;
}

const EDITS: readonly Edit[] = [
  {
    example: 'c-make',
    tool: 'make',
    source: 'src/main.c',
    from: 'tally "',
    to: 'tallied "',
    kept: /table\.o$/,
  },
  {
    example: 'c-cmake',
    tool: 'cmake',
    source: 'src/main.c',
    from: 'bytes\\n',
    to: 'octets\\n',
    kept: /crc32.*\.o$/,
  },
  {
    example: 'c-meson',
    tool: 'meson',
    source: 'src/main.c',
    from: 'base64 "',
    to: 'base-64 "',
    kept: /encode.*\.o$/,
  },
  {
    example: 'c-autotools',
    tool: 'autoreconf',
    source: 'src/main.c',
    from: '%-*s',
    to: '%-*s.',
    kept: /layout\.o$/,
  },
  { example: 'rust-hello', tool: 'cargo', source: 'src/main.rs', from: 'World', to: 'Edit', kept: null },
  { example: 'go-hello', tool: 'go', source: 'main.go', from: 'World', to: 'Edit', kept: null },
];

async function digestOf(path: string, cache: string): Promise<string> {
  const output = join(root, `${cache}.tar`);
  const cacheDirectory = join(root, cache);
  const { digest } = await build({ path, output, cacheDirectory, prove: 'skip', rungs: ['closure'] });
  return digest;
}

function objectIn(folder: string, name: RegExp): string {
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((path) => name.test(path));
  if (found === undefined) throw new Error(`no ${name} in ${folder}`);
  return join(folder, found);
}

describe('an image after an edit is the one of a clean build', () => {
  it.for(EDITS)('$example', { timeout: TIMEOUT_MS }, async (edit, { skip }) => {
    const { example, source, from, to, kept } = edit;
    if (!hasTool(edit.tool)) skip(`no ${edit.tool}`);
    const project = join(root, example);
    cpSync(join(EXAMPLES, example), project, { recursive: true });
    // Its limits are those of a static program.
    rmSync(join(project, 'morsel.json'), { force: true });
    const before = await digestOf(project, `${example}-cache`);
    const object = kept === null ? null : objectIn(join(root, `${example}-cache/work`), kept);
    const made = object === null ? 0 : statSync(object).mtimeMs;
    const path = join(project, source);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain(from);
    writeFileSync(path, text.replace(from, to));
    const after = await digestOf(project, `${example}-cache`);
    expect(after).not.toBe(before);
    if (object !== null) expect(statSync(object).mtimeMs).toBe(made);
    rmSync(join(project, 'target'), { recursive: true, force: true });
    expect(after).toBe(await digestOf(project, `${example}-clean`));
  });
});
