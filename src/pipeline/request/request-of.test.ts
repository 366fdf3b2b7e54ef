import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MorselEvent } from '../../core/events.ts';
import { requestOf } from './request-of.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'request-of-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

describe('requestOf', () => {
  it('tells what was detected', async () => {
    write('app/main.c', 'int main(void) { return 0; }\n');
    const events: MorselEvent[] = [];
    const request = await requestOf({ path: join(folder, 'app'), onEvent: (event) => events.push(event) });
    expect(request.project).toMatchObject({ kind: 'c', name: 'main' });
    const detail = `C file ${join(folder, 'app/main.c')}`;
    expect(events).toEqual([{ kind: 'project-detected', language: 'c', name: 'main', detail }]);
  });

  it.each([
    ['c/Makefile', 'all: app\n', 'c', 'C, make'],
    ['go/go.mod', 'module example.com/app\n\ngo 1.19\n', 'go', 'Go, package . of example.com/app'],
    [
      'rust/Cargo.toml',
      '[package]\nname = "app"\nversion = "0.1.0"\n',
      'rust',
      'Rust, binary app of package app',
    ],
  ])('describes the project of %s', async (name, text, language, words) => {
    const path = join(write(name, text), '..');
    write(`${language}/main.${language}`, language === 'go' ? 'package main\n\nfunc main() {}\n' : '');
    write('rust/src/main.rs', 'fn main() {}\n');
    const events: MorselEvent[] = [];
    await requestOf({ path, onEvent: (event) => events.push(event) });
    expect(events).toMatchObject([{ language, detail: words }]);
  });

  it('reads the morsel.json of the folder, and the one beside a source file', async () => {
    const source = write('app/main.c', 'int main(void) { return 0; }\n');
    write('app/morsel.json', JSON.stringify({ name: 'named', checks: [{ name: 'runs' }] }));
    for (const path of [join(folder, 'app'), source]) {
      const request = await requestOf({ path });
      expect(request.checks.map(({ name }) => name)).toEqual(['runs']);
    }
  });

  it('refuses an empty path, which would be this folder', async () => {
    await expect(requestOf({ path: '' })).rejects.toMatchObject({ code: 'USAGE' });
  });
});
