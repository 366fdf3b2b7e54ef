import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUILD_LIMIT_MS, cleanEnvironment, compilerCaches, morsel } from '../built-cli.ts';
import { requireTool } from '../reference-tools.ts';

/** A project that neither make nor another build system builds, but a script of its own. */
const TIMEOUT = { timeout: BUILD_LIMIT_MS };

const FILES = {
  'main.c': '#include <stdio.h>\nint part(void);\nint main(void) { return printf("%d\\n", part()) < 0; }\n',
  'part.c': 'int part(void) { return WORTH; }\n',
  'Build.sh':
    'set -e\n$CC -c main.c\n$CC -DWORTH=${1:-0} -c part.c\n$CC -o answer main.o part.o\n' +
    // A helper of the build runs here, as it does in a Makefile.
    './answer > said.txt\n',
};

let folder = '';
let project = '';
beforeAll(() => {
  for (const tool of ['gcc', 'musl-gcc', 'bwrap']) requireTool(tool);
  folder = mkdtempSync(join(tmpdir(), 'own-commands-'));
  project = mkdtempSync(join(folder, 'project-'));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(project, name), text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function build(...flags: readonly string[]) {
  const env = cleanEnvironment({ ...compilerCaches(), XDG_CACHE_HOME: join(folder, 'cache') });
  return morsel(['build', project, '-o', join(folder, 'out.tar'), '--format', 'json', ...flags], { env });
}

describe('a build of its own', () => {
  it('is what the error points to while nothing says so', TIMEOUT, async () => {
    const { exitCode, stderr } = await build();
    expect(exitCode).toBe(2);
    expect(stderr).toContain('put { \\"build\\": [\\"sh\\", \\"Build.sh\\"] } into morsel.json');
  });

  it('is run for the rung in a copy, with words after --, and proven', TIMEOUT, async () => {
    const checks = [{ name: 'answers', expectedOutput: ['^42$'] }];
    writeFileSync(join(project, 'morsel.json'), JSON.stringify({ build: ['sh', 'Build.sh'], checks }));
    const { exitCode, stdout, stderr } = await build('--', '42');
    expect(stderr).not.toContain('COMPILE_FAILED');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ rung: 'static-musl', proof: { status: 'passed' } });
    expect(readdirSync(project).sort()).toEqual(['Build.sh', 'main.c', 'morsel.json', 'part.c']);
  });

  it('that fails is an error in its own words', TIMEOUT, async () => {
    writeFileSync(join(project, 'morsel.json'), JSON.stringify({ build: ['sh', 'Absent.sh'] }));
    const { exitCode, stderr } = await build();
    expect(exitCode).toBe(3);
    expect(stderr).toContain('Absent.sh');
  });
});
