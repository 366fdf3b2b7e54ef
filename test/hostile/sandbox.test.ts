import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { requireTool } from '../reference-tools.ts';
import { tarOf } from './archive-builder.ts';
import { FORBIDDEN_CALLS, LEAVE_LINKS, OPEN_KERNEL_FILES, TAKE_EVERYTHING } from './attack-sources.ts';
import { HostileFolder, SECRET } from './hostile-folder.ts';
import { layoutFiles, writeArchive } from './image-builder.ts';
import { hostileGrounds } from './sandboxes.ts';

/** Programs that attack from inside. What they print is what they were able to do. */
requireTool('musl-gcc');
const place = new HostileFolder();
beforeEach(() => place.next());
afterAll(() => place.remove());
const GROUNDS = hostileGrounds();

function imageOf(source: string, config: object, writableRoot = false): string {
  const app = { name: 'app', mode: 0o755, content: readFileSync(place.program(source)) };
  const root = { name: './', type: '5', mode: writableRoot ? 0o777 : 0o755 };
  return writeArchive(
    join(place.work, 'image.tar'),
    layoutFiles({ layers: [{ tar: tarOf(root, app) }], config }),
  );
}

/** A check that passes only when the program printed this and nothing else. */
function checksOf(expected: string): string {
  const checks = [
    { name: 'attack', exitCode: 0, expectedOutput: [`^${expected}$`], excludedOutput: ['able', 'could'] },
  ];
  return place.write('checks.json', JSON.stringify({ checks }), 0o644);
}

describe.each(GROUNDS)('in $sandbox, as $user', ({ sandbox, uid }) => {
  it.each(['0:0', '65532:65532'])(
    '01: nothing of /proc and /sys can be written, as user %s of the image',
    async (User) => {
      const image = imageOf(OPEN_KERNEL_FILES, { User });
      const { stdout } = await place.morsel(['run', '--sandbox', sandbox, image], { uid });
      expect(stdout).toBe('looked\n');
    },
  );

  it('01: nor while it is proven', async () => {
    const image = imageOf(OPEN_KERNEL_FILES, { User: '0:0' });
    const receipt = join(place.output, 'receipt.json');
    const args = ['prove', '--sandbox', sandbox, image, '--checks', checksOf('looked'), '-o', receipt];
    const run = await place.morsel(args, { uid });
    expect(run.exitCode, run.stderr).toBe(0);
  });

  it.each(['run', 'prove'])(
    '02: links left in place of what was there lead %s to nothing of the host',
    async (command) => {
      const config = { User: '65532:65532', WorkingDir: '/w/leaf', Entrypoint: ['/app', place.victim] };
      const image = imageOf(LEAVE_LINKS, config, true);
      const checks = place.write('checks.json', '{"checks":[{"name":"x","exitCode":0}]}', 0o644);
      const proving = ['--checks', checks, '-o', join(place.output, 'receipt.json')];
      const args = [command, '--sandbox', sandbox, image, ...(command === 'prove' ? proving : [])];
      const run = await place.morsel(args, { uid });
      expect([0, 1], run.stderr).toContain(run.exitCode);
    },
  );

  it('04: the caller’s keys and what docker refuses are out of reach', async () => {
    const image = imageOf(FORBIDDEN_CALLS, { User: '65532:65532' });
    const { stdout, keysAreSame } = await place.morsel(['run', '--sandbox', sandbox, image], { uid });
    expect(stdout).not.toContain(SECRET);
    expect(stdout).toBe('tried\n');
    expect(keysAreSame).not.toBe(false);
  });

  it('17: processes and memory have a limit', async () => {
    const image = imageOf(TAKE_EVERYTHING, { User: '0:0' });
    const { stdout } = await place.morsel(['run', '--sandbox', sandbox, image], { uid });
    const numbers = Object.fromEntries(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split(' ')),
    );
    expect(Number(numbers['processes']), stdout).toBeLessThanOrEqual(4096);
    expect(Number(numbers['/dev/shm/x']), stdout).toBeLessThanOrEqual(64);
    expect(Number(numbers['/dev/x']), stdout).toBeLessThanOrEqual(64);
  });
});
