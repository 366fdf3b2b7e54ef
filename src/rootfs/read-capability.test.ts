import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { hasTool, requireInCi } from '../../test/reference-tools.ts';
import { readCapability } from './read-capability.ts';

const work = mkdtempSync(join(tmpdir(), 'morsel-capability-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const canSet = requireInCi('root', process.getuid?.() === 0) && hasTool('setcap');

describe.skipIf(!hasTool('tar'))('readCapability', () => {
  it('finds none on a plain file, large as it may be', async () => {
    expect(await readCapability(process.execPath)).toEqual({});
  });

  it.skipIf(!canSet)('finds what setcap has set, byte for byte', async () => {
    const file = join(work, '-odd name');
    copyFileSync('/bin/true', file);
    execFileSync('setcap', ['cap_net_raw,cap_net_bind_service+ep', file]);
    const found = await readCapability(file);
    // struct vfs_cap_data, revision 2, effective: bits 13 and 10 (linux/capability.h).
    expect(found?.['security.capability']?.toString('hex')).toBe(
      `01000002${'00240000'}${'00000000'.repeat(3)}`,
    );
  });

  it('does not know where tar cannot look', async () => {
    expect(await readCapability(join(work, 'none'))).toBeNull();
  });
});
