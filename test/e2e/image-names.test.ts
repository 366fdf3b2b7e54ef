import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUILD_LIMIT_MS, CLI } from '../built-cli.ts';
import { hasTool } from '../reference-tools.ts';
import { runTool, runToolOk, type ToolResult } from '../run-tool.ts';
import { CaseFolder } from './case-folder.ts';

/** A container with several images: every command that takes an IMAGE chooses one by `:NAME`. */
const NAMES = { one: 'one', two: 'ghcr.io/me/two:1' } as const;
const place = new CaseFolder();

const morsel = (...args: readonly string[]): Promise<ToolResult> =>
  runTool(process.execPath, [CLI, ...args], {
    cwd: place.output,
    env: place.environment(),
    timeoutMs: BUILD_LIMIT_MS,
  });

beforeAll(async () => {
  place.next();
  for (const [program, name] of Object.entries(NAMES)) {
    const source = place.write(
      `${program}.c`,
      `#include <stdio.h>\nint main(void) { puts("${program}"); }\n`,
    );
    const binary = join(place.work, program);
    await runToolOk('gcc', ['-static', '-s', '-o', binary, source]);
    const built = await morsel('build', binary, '-o', 'lay/', '-t', name, '--no-prove', '-q');
    expect(built, built.stderr).toMatchObject({ exitCode: 0 });
  }
});
afterAll(() => place.remove());

describe.each(Object.entries(NAMES))('the image of %s', (program, name) => {
  const image = `lay:${name}`;

  it.skipIf(!hasTool('bwrap'))('is run, from a layout and from an archive of both', async () => {
    expect(await morsel('run', image)).toMatchObject({ exitCode: 0, stdout: `${program}\n` });
    expect(await morsel('run', `oci:${join(place.output, image)}`)).toMatchObject({ stdout: `${program}\n` });
    const archive = join(place.output, `${program}-both.tar`);
    await runToolOk('tar', ['-C', join(place.output, 'lay'), '-cf', archive, '.']);
    expect(await morsel('run', `${archive}:${name}`)).toMatchObject({ stdout: `${program}\n` });
    expect(await morsel('run', `oci-archive:${archive}:${name}`)).toMatchObject({ stdout: `${program}\n` });
  });

  it.skipIf(!hasTool('bwrap'))('is proven, with a receipt of its own beside the layout', async () => {
    const proven = await morsel('prove', image);
    expect(proven, proven.stderr).toMatchObject({ exitCode: 0 });
    const receipt = `lay.${name.replaceAll(/[/:]/g, '_')}.receipt.json`;
    expect(readdirSync(place.output)).toContain(receipt);
    expect(proven.stderr).toContain(`receipt in ${join(place.output, receipt)}`);
  });

  it('is inspected, and explained', async () => {
    const { stdout } = await morsel('inspect', image, '--format', 'json');
    expect(JSON.parse(stdout)).toMatchObject({ path: image, kind: 'image', elf: [{ path: `/${program}` }] });
    const explained = await morsel('explain', image, `exec /${program}: no such file or directory`);
    expect(explained.stdout).toContain(`/${program} is static: it has no interpreter`);
  });

  it('is a base', async () => {
    const judged = await morsel('inspect', '/bin/true', '--base', image);
    expect(judged.stdout).toMatch(new RegExp(`^ +${image} +no `, 'm'));
    const compared = await morsel(
      'compare',
      join(place.work, 'one'),
      '--base',
      image,
      '-q',
      '--format',
      'json',
    );
    const { rows } = JSON.parse(compared.stdout) as { rows: readonly { base: string }[] };
    expect(rows.map(({ base }) => base)).toContain(name.includes(':') ? name : `${name}:latest`);
  });
});

describe('without a name, or with a wrong one', () => {
  const commands: readonly (readonly string[])[] = [
    ['run'],
    ['prove'],
    ['inspect'],
    ['explain'],
    ['inspect', '/bin/true', '--base'],
  ];

  it.each(commands)('%s %s %s says what to type, and that works', async (...command) => {
    for (const image of ['lay', 'lay:three']) {
      const { exitCode, stderr } = await morsel(...command, image);
      expect(exitCode).toBe(command[0] === 'run' ? 125 : 2);
      expect(stderr).toContain('  code: USAGE\n');
      const [, typed = ''] = / {2}hint: .*as in: morsel run (\S+)\n/.exec(stderr) ?? [];
      const inspected = await morsel('inspect', typed, '--format', 'json');
      expect(JSON.parse(inspected.stdout)).toMatchObject({ elf: [{ path: '/one' }] });
    }
  });

  it.each(commands)('%s %s %s asks a registry, and says when nobody is there', async (...command) => {
    const { exitCode, stderr } = await morsel(...command, '127.0.0.1:1/team/alpine:3');
    expect(exitCode).toBe(command[0] === 'run' ? 125 : 4);
    expect(stderr).toContain('nothing listens at 127.0.0.1:1');
    expect(stderr).toContain('  code: NETWORK\n');
  });

  it('a path with a colon is a path', async () => {
    writeFileSync(join(place.output, 'lay:one'), '#!/bin/sh\n');
    const { stdout } = await morsel('inspect', 'lay:one', '--format', 'json');
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'script', path: 'lay:one' });
  });
});
