import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { initConfiguration } from './init-configuration.ts';
import { requestOf } from './request-of.ts';

const EXAMPLES = join(import.meta.dirname, '../../../examples');

let folder = '';
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'init-configuration-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function project(files: Readonly<Record<string, string>>): string {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** What decides about the image, but for who is told and what is measured. */
async function requestFor(path: string) {
  const { onEvent: _, ...request } = await requestOf({ path });
  return request;
}

/** The suggestions become fields. */
const uncommented = (text: string): string => text.replaceAll(/^ {2}\/\/ (?=")/gm, '  ');

describe('initConfiguration', () => {
  it.each(readdirSync(EXAMPLES))(
    'changes nothing of %s, and every suggestion in it is taken',
    async (name) => {
      const path = join(folder, name);
      cpSync(join(EXAMPLES, name), path, {
        recursive: true,
        filter: (file) => !/\/(?:target|morsel\.json)$/.test(file),
      });
      const without = await requestFor(path);
      const place = await initConfiguration({ path });
      expect(place).toBe(join(path, 'morsel.json'));
      expect(await requestFor(path)).toEqual(without);
      const text = readFileSync(place, 'utf8');
      expect(text).not.toContain(folder);
      writeFileSync(place, uncommented(text));
      const { checks } = await requestFor(path);
      expect(checks).toHaveLength(1);
    },
  );

  it('names the package and its program', async () => {
    const path = project({
      'Cargo.toml': '[package]\nname = "app"\nversion = "1.0.0"\n',
      'src/main.rs': 'fn main() {}\n',
    });
    const text = readFileSync(await initConfiguration({ path }), 'utf8');
    expect(text).toContain('// Found here: Rust, binary app of package app.\n');
    expect(text).toContain('\n  "bin": "app",\n');
    expect(text).toContain('\n  // "cargo": { "features": [], "defaultFeatures": true },\n');
  });

  it('writes the first of several programs down, and the others beside it', async () => {
    const path = project({
      'go.mod': 'module example.com/tools\n\ngo 1.19\n',
      'cmd/one/main.go': 'package main\n\nfunc main() {}\n',
      'cmd/two/main.go': 'package main\n\nfunc main() {}\n',
    });
    const text = readFileSync(await initConfiguration({ path }), 'utf8');
    expect(text).toContain('  // One of: one, two. A list puts several into one image.\n  "bin": "one",\n');
    expect((await requestFor(path)).project).toMatchObject({ kind: 'go', package: './cmd/one' });
  });

  it.each([
    {
      'go.mod': 'module example.com/one\n\ngo 1.19\n',
      'cmd/one/main.go': 'package main\n\nfunc main() {}\n',
      'cmd/two/main.go': 'package main\n\nfunc main() {}\n',
    },
    {
      'CMakeLists.txt': 'project(one C)\nadd_executable(two main.c)\nadd_executable(one main.c)\n',
      'main.c': 'int main(void) { return 0; }\n',
    },
    {
      'configure.ac': 'AC_INIT([one], [1.0])\nAM_INIT_AUTOMAKE\nAC_PROG_CC\nAC_OUTPUT\n',
      'Makefile.am': 'bin_PROGRAMS = two one\n',
      'main.c': 'int main(void) { return 0; }\n',
    },
    {
      'Cargo.toml': '[package]\nname = "one"\nversion = "1.0.0"\n',
      'src/main.rs': 'fn main() {}\n',
      'src/bin/two.rs': 'fn main() {}\n',
    },
  ] as readonly Readonly<Record<string, string>>[])(
    'names all programs where the project bears the name of one: %#',
    async (files) => {
      const path = project(files);
      const without = await requestFor(path);
      const place = await initConfiguration({ path });
      const text = readFileSync(place, 'utf8');
      expect(text).toMatch(
        /\n {2}\/\/ One of: one, two\. A list puts several into one image\.\n {2}(?:\/\/ )?"bin": "one",\n/,
      );
      writeFileSync(place, uncommented(text));
      const { project: chosen, references } = await requestFor(path);
      expect({ name: chosen.name, references }).toEqual({ name: 'one', references: without.references });
    },
  );

  it('lies beside a source file, and names nothing after it', async () => {
    const path = project({
      'a.c': 'int main(void) { return 0; }\n',
      'b.c': 'int main(void) { return 0; }\n',
    });
    await initConfiguration({ path: join(path, 'a.c') });
    expect((await requestFor(join(path, 'b.c'))).references).toEqual(['b:latest']);
  });

  it('ends no comment by the name of a project', async () => {
    const path = join(folder, 'x\n{"user": "0:0"}\n*/');
    mkdirSync(path);
    writeFileSync(join(path, 'main.c\n"user": "0:0",.c'), 'int main(void) { return 0; }\n');
    await initConfiguration({ path });
    expect((await requestFor(path)).run.user).toBe('65532:65532');
  });

  it('replaces nothing, and refuses what is compiled already', async () => {
    const path = project({ 'main.c': 'int main(void) { return 0; }\n', 'morsel.json': '{ "nonsense": }' });
    await expect(initConfiguration({ path })).rejects.toThrowError(
      expect.objectContaining({ code: 'USAGE', hint: expect.stringContaining('edit it') as string }),
    );
    expect(readFileSync(join(path, 'morsel.json'), 'utf8')).toBe('{ "nonsense": }');
    rmSync(join(path, 'morsel.json'));
    copyFileSync('/bin/true', join(path, 'true'));
    await expect(initConfiguration({ path: join(path, 'true') })).rejects.toThrowError(
      expect.objectContaining({ code: 'USAGE' }),
    );
    expect(existsSync(join(path, 'morsel.json'))).toBe(false);
  });
});
