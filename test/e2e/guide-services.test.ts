import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { BUILD_LIMIT_MS, buildImage, morsel, ROOT } from '../built-cli.ts';
import { hasTool } from '../reference-tools.ts';

/** The guide's checks with services, as they stand there, of the example that it names. */
const GUIDE = readFileSync(join(ROOT, 'docs/guide/checks-for-a-server.md'), 'utf8');
const work = mkdtempSync(join(tmpdir(), 'morsel-guide-services-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

function guidesChecks(): string {
  const blocks = [...GUIDE.matchAll(/^```json\n([^]*?)^```$/gm)].map(([, block = '']) => block);
  return blocks.find((block) => block.includes('"services"')) ?? '';
}

it.skipIf(!hasTool('go'))(
  'proves go-web with the checks of the guide, and writes what was added to its run',
  async () => {
    const project = join(work, 'go-web');
    cpSync(join(ROOT, 'examples/go-web'), project, { recursive: true });
    writeFileSync(join(project, 'morsel.json'), guidesChecks());
    const archive = join(work, 'go-web.tar');
    const { proof } = await buildImage([project, '-o', archive], { cwd: work });
    expect(proof.checks.map(({ name, status, detail }) => [name, status, detail])).toEqual([
      [
        'fetches, and ends by SIGTERM',
        'passed',
        'http://127.0.0.1:8080/fetch?https://api/ answers with status 200, as on this machine',
      ],
      [
        'refuses an expired certificate',
        'passed',
        'http://127.0.0.1:8080/fetch?https://old.test/ answers with status 502, as on this machine',
      ],
    ]);
    const proved = await morsel(['prove', archive, '--checks', join(project, 'morsel.json')], { cwd: work });
    expect(proved.exitCode, proved.stderr).toBe(0);
    const receipt = JSON.parse(readFileSync(join(work, 'go-web.receipt.json'), 'utf8')) as {
      readonly checks: readonly { readonly added: readonly string[] }[];
    };
    const printed = /checks\[0\]\.added\[\]' go-web\.receipt\.json\n([^]*?)```/.exec(GUIDE)?.[1];
    expect(`${receipt.checks[0]?.added.join('\n')}\n`).toBe(printed);
  },
  BUILD_LIMIT_MS,
);
