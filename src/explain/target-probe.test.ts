import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ImageConfig } from '../oci/config.ts';
import { directoryTree } from '../rootfs/index.ts';
import { explain } from './index.ts';

const root = mkdtempSync(join(tmpdir(), 'morsel-probe-'));
afterAll(() => rmSync(root, { recursive: true }));

function put(folder: string, name: string, mode: number, content = '#!/absent\n'): void {
  mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, folder, name), content);
  chmodSync(join(root, folder, name), mode);
}

async function causesOf(name: string): Promise<readonly (readonly [string, string | null])[]> {
  const config: ImageConfig = {
    architecture: 'amd64',
    os: 'linux',
    config: { Entrypoint: [name], Env: ['PATH=/a:/b'] },
    rootfs: { type: 'layers', diff_ids: [] },
  };
  const { causes } = await explain({ target: { tree: directoryTree(root), config } });
  return causes
    .filter(({ status }) => status === 'confirmed')
    .map(({ cause, evidence }) => [cause, evidence]);
}

describe('the program that an image would start', () => {
  it('is the first of PATH that may be executed, as the runtimes take it', async () => {
    put('a', 'app', 0o644);
    put('b', 'app', 0o755);
    expect(await causesOf('app')).toEqual([
      ['missing-script-interpreter', '/b/app begins with #!/absent, and /absent is not in the image'],
    ]);
  });

  it('is the first of that name where none may be executed', async () => {
    put('a', 'closed', 0o644);
    put('b', 'closed', 0o600);
    expect((await causesOf('closed'))[0]).toEqual([
      'not-executable',
      expect.stringContaining('its mode is 0644'),
    ]);
  });

  it.each([
    ['windows', '#!/absent\r\n', ['crlf-shebang', 'the first line of /b/windows is #!/absent\\r']],
    [
      'nameless',
      '#!\n/bin/sh\n',
      [
        'no-shebang',
        '/b/nameless begins with neither \\x7fELF nor #! and an interpreter: its #! line names no interpreter',
      ],
    ],
  ])('of a script has the interpreter that the kernel reads: %s', async (name, content, cause) => {
    put('b', name, 0o755, content);
    expect(await causesOf(name)).toEqual([cause]);
  });
});
