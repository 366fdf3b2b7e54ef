import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { requireTool } from '../reference-tools.ts';
import { gnuLongName, type HostileMember, paxHeader, tarOf } from './archive-builder.ts';
import { NOTHING } from './attack-sources.ts';
import { HostileFolder } from './hostile-folder.ts';
import type { KeptRun } from './kept-run.ts';
import { type HostileImage, layoutFiles, writeArchive } from './image-builder.ts';

/** 22: texts that are not morsel's own reach the terminal only as text. */
requireTool('musl-gcc');
const place = new HostileFolder();
beforeEach(() => place.next());
afterAll(() => place.remove());

/** A line of its own that says "passed", concealed text, an erased line, and a line that overwrites itself. */
const EVIL = 'x\n  passed  starts: all good\n\u001B[8mhidden\u001B[2K\r\u009B2J\u202Eevil';

function write(image: HostileImage): string {
  return writeArchive(join(place.work, 'image.tar'), layoutFiles(image));
}

function app(): HostileMember {
  return { name: 'app', mode: 0o755, content: readFileSync(place.program(NOTHING)) };
}

function expectHarmless(run: KeptRun): void {
  const said = `${run.stdout}${run.stderr}`;
  expect(said).not.toMatch(/^\s*passed\s+starts: all good/m);
  expect(said).not.toMatch(/\u001B|\u009B|\u202E|\r/);
}

const IMAGES: readonly (readonly [string, () => HostileImage])[] = [
  ['a hard link’s target', () => ({ layers: [{ tar: tarOf({ name: 'h', type: '1', link: EVIL }, app()) }] })],
  [
    'a member’s name',
    () => ({ layers: [{ tar: tarOf(gnuLongName(`${EVIL}/../..`), { name: 'h' }, app()) }] }),
  ],
  ['a PAX record', () => ({ layers: [{ tar: tarOf(paxHeader([['size', EVIL]]), { name: 'h' }, app()) }] })],
  ['an ELF file’s name', () => ({ layers: [{ tar: tarOf(gnuLongName(EVIL), app()) }] })],
  ['the entrypoint', () => ({ layers: [{ tar: tarOf(app()) }], config: { Entrypoint: [`/${EVIL}`] } })],
  ['the user', () => ({ layers: [{ tar: tarOf(app()) }], config: { User: EVIL } })],
  ['the working directory', () => ({ layers: [{ tar: tarOf(app()) }], config: { WorkingDir: `/${EVIL}` } })],
  ['a variable', () => ({ layers: [{ tar: tarOf(app()) }], config: { Env: [EVIL] } })],
  [
    'the platform',
    () => ({ layers: [{ tar: tarOf(app()) }], configuration: { architecture: EVIL, os: EVIL } }),
  ],
  ['a media type', () => ({ layers: [{ tar: tarOf(app()), mediaType: EVIL }] })],
  [
    'a script’s interpreter',
    () => ({ layers: [{ tar: tarOf({ name: 'app', mode: 0o755, content: `#!/${EVIL}\n` }) }] }),
  ],
];

describe.each(IMAGES)('%s', (_what, image) => {
  it.each(['inspect', 'explain', 'run', 'prove'])('%s', async (command) => {
    const receipt = command === 'prove' ? ['-o', join(place.output, 'receipt.json')] : [];
    expectHarmless(await place.morsel([command, write(image()), ...receipt]));
  });
});

describe('what a program prints while it is proven', () => {
  it.each(['text', 'json'])('--format %s', async (format) => {
    const text = JSON.stringify(EVIL).replaceAll('\\u00', '\\x');
    const source = `#include <stdio.h>\nint main(void) { fputs(${text}, stdout); fputs(${text}, stderr); return 3; }\n`;
    const project = place.cProject(source, [{ name: EVIL, exitCode: 0, expectedOutput: ['nothing'] }]);
    const args = [
      'build',
      project,
      '-o',
      join(place.output, 'o.tar'),
      '--rung',
      'static-musl',
      '--format',
      format,
    ];
    const run = await place.morsel(args);
    expectHarmless(run);
    expect(run.exitCode, run.stderr).toBe(1);
    if (format === 'json')
      expect(JSON.parse(run.stderr.trim().split('\n').at(-1) ?? '')).toHaveProperty('code');
  });
});

describe('what a compiler prints', () => {
  it.each(['--quiet', '-v', '--format=json'])('build %s', async (flag) => {
    place.write('project/main.c', NOTHING, 0o644);
    place.write(
      'project/Makefile',
      `all:\n\t@printf '${'x\\n  passed  starts: all good\\n\\033[8mhidden\\033[2K\\r'}'; exit 1\n`,
      0o644,
    );
    const args = ['build', join(place.work, 'project'), '-o', join(place.output, 'o.tar'), flag];
    const run = await place.morsel(args);
    expect(run.exitCode, run.stderr).toBe(3);
    expectHarmless(run);
  });
});
