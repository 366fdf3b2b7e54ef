import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOXES } from '../../src/core/choices.ts';
import { morsel } from '../built-cli.ts';
import { compileProgram } from '../contract/sandbox-program.ts';
import { hasTool, requireTool } from '../reference-tools.ts';
import { CaseFolder } from './case-folder.ts';

/** What `morsel run` answers for a program that never starts: as `docker run`, by the errno and not by the words. */
const place = new CaseFolder();
let image = '';

beforeAll(async () => {
  requireTool('gcc');
  place.next();
  const program = compileProgram(place.work);
  chmodSync(program, 0o755);
  const added = join(place.work, 'added');
  mkdirSync(added);
  place.write('added/not found', 'text', 0o644);
  place.write('added/damaged', '\x7fELF', 0o755);
  place.write('added/script', '#!/absent\n', 0o755);
  image = join(place.output, 'image.tar');
  const words = ['build', program, '--add', `${added}:/added`, '-o', image, '--no-prove', '-q'];
  const built = await morsel(words, { env: place.environment() });
  expect(built.exitCode, built.stderr).toBe(0);
});
afterAll(() => place.remove());

describe.each(SANDBOXES)('morsel run in %s', (sandbox) => {
  it.skipIf(!hasTool(sandbox)).each([
    [
      '/absent',
      127,
      'exec: "/absent": stat /absent: no such file or directory',
      '/absent is not in the image',
    ],
    ['absent', 127, 'exec: "absent": executable file not found in $PATH', 'absent is not in the image'],
    [
      '/added/script',
      127,
      'exec /added/script: no such file or directory',
      'the script’s interpreter is not in the image',
    ],
    ['/added', 126, 'exec: "/added": is a directory', '/added is a directory'],
    ['/added/damaged', 126, 'exec /added/damaged: exec format error', '/added/damaged is damaged'],
    // Its name says otherwise.
    [
      '/added/not found',
      126,
      'exec /added/not found: permission denied',
      '/added/not found has no execute permission',
    ],
  ])('%s: %i, and why', async (path, exitCode, said, cause) => {
    const words = ['run', '--sandbox', sandbox, '--entrypoint', JSON.stringify([path]), image];
    const result = await morsel(words, { env: place.environment() });
    expect(result.exitCode).toBe(exitCode);
    // The runtime's words, then what `explain` finds in the files: once, with why and what to do.
    const [first, second, ...more] = result.stderr.trimEnd().split('\n');
    expect([first, second]).toEqual([`morsel: ${said}`, `morsel: ${cause}`]);
    expect(more.map((line) => line.split(':')[0])).toEqual(expect.arrayContaining(['  because', '  fix']));
    expect(more.some((line) => line.startsWith('morsel:'))).toBe(false);
  });
});
