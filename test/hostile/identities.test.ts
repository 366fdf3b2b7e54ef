import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { requireTool } from '../reference-tools.ts';
import { tarOf } from './archive-builder.ts';
import { SAY_WHO } from './attack-sources.ts';
import { HostileFolder } from './hostile-folder.ts';
import { layoutFiles, writeArchive } from './image-builder.ts';

/** Who a program runs as: a number that is none, or too large, must never become another one. */
requireTool('musl-gcc');
const place = new HostileFolder();
beforeEach(() => place.next());
afterAll(() => place.remove());

function imageFor(User: string, passwd = '', group = ''): string {
  const tar = tarOf(
    { name: 'etc/passwd', content: passwd },
    { name: 'etc/group', content: group },
    { name: 'app', mode: 0o755, content: readFileSync(place.program(SAY_WHO)) },
  );
  return writeArchive(join(place.work, 'image.tar'), layoutFiles({ layers: [{ tar }], config: { User } }));
}

describe('05: the user of an image', () => {
  it.each([
    '4294967295:4294967295',
    '4294967296:4294967296',
    '65532:4294967296',
    '65532:4294967295',
    '9999999999',
    '18446744073709551616',
    '0x0',
    '-1',
    '1e3',
    '65532:-0',
    ' 65532',
    '00000000000000000000',
  ])('%j is refused, or is nobody but root by name', async (user) => {
    const image = imageFor(user);
    const run = await place.morsel(['run', image]);
    if (user === '00000000000000000000') expect([0, 125]).toContain(run.exitCode);
    else expect(run, run.stdout).toMatchObject({ exitCode: 125, stdout: '' });
    expect(run.exitCode === 125 ? run.stderr : 'code: IMAGE_INVALID').toMatch(/code: IMAGE_INVALID/);
    const receipt = join(place.output, 'receipt.json');
    const proof = await place.morsel(['prove', image, '-o', receipt]);
    if (run.exitCode === 125) expect(proof.exitCode, proof.stderr).toBe(2);
  });

  it.each([
    ['bob', 'bob:x:-1:-1::/:\n', ''],
    ['bob', 'bob:x:4294967296:4294967296::/:\n', ''],
    ['bob', 'bob:x:65532:4294967295::/:\n', ''],
    ['bob:staff', 'bob:x:65532:65532::/:\n', 'staff:x:4294967296:\n'],
    ['65532:staff', '', 'staff:x:-1:\n'],
    // 15: what is no number
    ['bob', 'bob:x:abc:0::/:\n', ''],
    ['bob', 'bob:x:1.5:0::/:\n', ''],
    ['bob', 'bob:x::::/:\n', ''],
    ['bob', 'bob\n', ''],
    ['bob:staff', 'bob:x:65532:65532::/:\n', 'staff:x:0x10:\n'],
  ])('05, 15: %j with the passwd %j and the group %j', async (user, passwd, group) => {
    const run = await place.morsel(['run', imageFor(user, passwd, group)]);
    expect(run).toMatchObject({ exitCode: 125, stdout: '' });
    expect(run.stderr).toMatch(/code: IMAGE_INVALID/);
  });
});

describe('05: the user that is asked for', () => {
  it.each(['4294967295', '4294967296:4294967296', '65532:9999999999', '-1', '1.5'])(
    'run --user %s',
    async (user) => {
      const run = await place.morsel(['run', `--user=${user}`, imageFor('65532:65532')]);
      expect(run).toMatchObject({ exitCode: 125, stdout: '' });
      expect(run.stderr).toMatch(/code: USAGE/);
    },
  );

  it.each(['4294967295', '4294967296:4294967296', '65532:4294967296', '-1', '1.5'])(
    'build --user %s',
    async (user) => {
      const program = place.program(SAY_WHO);
      const run = await place.morsel(['build', program, '-o', join(place.output, 'x.tar'), `--user=${user}`]);
      expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    },
  );

  it('morsel.json', async () => {
    const project = place.cProject('int main(void) { return 0; }\n');
    place.write('project/morsel.json', '{"name":"bad","user":"4294967296:4294967296"}', 0o644);
    const run = await place.morsel(['build', project, '-o', join(place.output, 'x.tar')]);
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
  });

  it('an owner of an added file that no file can have', async () => {
    const project = place.cProject('int main(void) { return 0; }\n');
    const args = [
      'build',
      project,
      '-o',
      join(place.output, 'x.tar'),
      '--add',
      `${place.victim}:/v:99999999999`,
    ];
    expect(await place.morsel(args)).toMatchObject({ exitCode: 2, stdout: '' });
  });
});
