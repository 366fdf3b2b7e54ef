import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { displayWidth } from '../../src/cli/text/display-width.ts';
import { cleanEnvironment, ROOT } from '../built-cli.ts';
import { morselAtTerminal, type MorselSession } from '../pseudo-terminal.ts';

/**
 * The sessions of docs/guide/a-cold-rust-build.md are what this test sees; with MORSEL_RECORD=1 it writes them anew. Times, sizes, counts and
 * versions are another machine's, and with them where a line breaks: of both only the words are compared.
 */
const PAGE = join(ROOT, 'docs/guide/a-cold-rust-build.md');
const COLUMNS = [60, 120] as const;

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'morsel-cold-rust-'));
  // What is made once is made: the Rust standard library, and zig's C library.
  await session(60);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A project that was never built, in a folder of its own name. */
async function session(columns: number): Promise<MorselSession> {
  const project = join(folder, 'rust-slice');
  rmSync(project, { recursive: true, force: true });
  cpSync(join(ROOT, 'examples/rust-slice'), project, { recursive: true });
  return morselAtTerminal(['build', 'rust-slice'], {
    columns,
    cwd: folder,
    env: cleanEnvironment({ NO_COLOR: '1', TERM: 'xterm' }),
  });
}

/** All that stays, and the last that was drawn over, where it was. */
function transcript({ screen, frames }: MorselSession): string {
  const shown = frames.filter((frame) => / crates?, \d+ s: /.test(frame)).slice(-1);
  const [first = '', ...others] = screen;
  const page = [first, ...shown, ...others].join('\n').replaceAll(folder, '/src').trimEnd();
  return `$ morsel build rust-slice\n${page}\n`;
}

function words(text: string): string {
  return (
    text
      .replaceAll(/^[-\\|/] /gm, '- ')
      .replaceAll(/sha256:[0-9a-f]+/g, 'sha256:D')
      .replaceAll(/[\d.,]*\d(?: (?:kB|MB|ms|s|B)\b)?/g, 'N')
      .replaceAll(/\s+/g, ' ')
      // Which toolchain is the default one is the machine's.
      .replaceAll('; not the default toolchain', '')
  );
}

const block = (columns: number): RegExp =>
  new RegExp(`(<!-- ${columns} columns -->\\n+\`\`\`console\\n)[^]*?(?=\`\`\`\\n)`);

describe.each(COLUMNS)('a cold Rust build at a terminal of %i columns', (columns) => {
  it('is as the guide shows it', async () => {
    const seen = await session(columns);
    expect(seen.exitCode).toBe(0);
    const text = transcript(seen);
    const page = readFileSync(PAGE, 'utf8');
    if (process.env['MORSEL_RECORD'] === '1')
      writeFileSync(
        PAGE,
        page.replace(block(columns), (_, head: string) => head + text),
      );
    const [shown = ''] = block(columns).exec(readFileSync(PAGE, 'utf8')) ?? [];
    expect(words(shown)).toContain(words(text).trim());
    const wide = text.split('\n').filter((line) => displayWidth(line) > columns);
    expect(wide.filter((line) => !/docker load|@sha256:/.test(line))).toEqual([]);
  });
});
