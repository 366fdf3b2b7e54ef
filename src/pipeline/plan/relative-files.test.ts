import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { directoryTree } from '../../rootfs/index.ts';
import { type RelativeFilesRequest, relativeFilesFinding } from './relative-files.ts';

const made = mkdtempSync(join(tmpdir(), 'morsel-relative-'));
afterAll(() => rmSync(made, { recursive: true, force: true }));

const C = { go: null, languages: ['c'] } as const;
const RUST = { go: null, languages: ['rust'] } as const;

/** What is said of a program with these bytes among these files. */
function findingOf(
  bytes: string,
  files: readonly string[],
  more: Partial<RelativeFilesRequest> & { facts?: typeof C | typeof RUST; text?: string } = {},
) {
  const root = mkdtempSync(join(made, 'root-'));
  const text = more.text ?? 'content that is in the file, and nowhere else';
  for (const file of ['work/project/app', ...files.map((path) => `work/project/${path}`)]) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), file.endsWith('/app') ? bytes : text);
  }
  const { facts = RUST, text: _, ...request } = more;
  return relativeFilesFinding({
    program: { path: '/work/project/app', facts },
    directory: '/work/project',
    tree: directoryTree(root),
    workdir: '/',
    inImage: [],
    ...request,
  });
}

describe('files beside a program', () => {
  it('are those that it names, with an option that packs them', () => {
    const files = ['templates/index.html', 'config.toml', 'public/a.css', 'other.json'];
    expect(findingOf('xtemplates/index.htmlconfig.toml./publicx', files)).toEqual({
      level: 'warning',
      message:
        'it names config.toml, public, templates/index.html, which is beside it here: it is looked for in the working directory, which is / in the image',
      hint: 'add it, with a path from where you type: --add config.toml:/config.toml',
    });
    expect(findingOf('xtemplates/index.html', files, { workdir: '/srv' })?.hint).toContain(
      '--add templates:/srv/templates',
    );
  });

  it('are whole strings of a C program', () => {
    expect(findingOf('\0data\0', ['data/x'], { facts: C })?.message).toContain('it names data,');
    expect(findingOf('\0./data/x\0', ['data/x'], { facts: C })?.message).toContain('data');
    expect(findingOf('\0no data here\0', ['data/x'], { facts: C })).toBeNull();
  });

  it.each([
    ['sources', 'src/main.rs main.go Cargo.toml', ['src/main.rs', 'main.go', 'Cargo.toml']],
    ['what is not there', 'config.yaml', ['config.toml']],
    ['words', 'public key', ['public/a.css']],
    ['hidden files', '.git/config.toml', ['.git/config.toml']],
  ])('are not %s', (_what, bytes, files) => {
    expect(findingOf(bytes, files)).toBeNull();
  });

  it('are not those that are embedded, or in the image', () => {
    const text = '<html>embedded by go:embed</html>';
    expect(findingOf(`xindex.html${text}`, ['index.html'], { text })).toBeNull();
    expect(findingOf('xindex.html', ['index.html'], { inImage: ['/index.html'] })).toBeNull();
    expect(findingOf('./public', ['public/a'], { inImage: ['/public/a'] })).toBeNull();
  });

  it('are nobody’s in a folder of programs', () => {
    expect(findingOf('xindex.html', ['index.html'], { directory: '/usr/bin' })).toBeNull();
  });
});
