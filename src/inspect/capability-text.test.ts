import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCapability } from '../rootfs/index.ts';
import { capabilityText } from './capability-text.ts';

/** As root, with libcap's own tools. */
const canSet = process.getuid?.() === 0 && spawnSync('setcap', ['-v', '=', '/bin/true']).error === undefined;

describe.skipIf(!canSet)('says what getcap says', () => {
  it.each([
    'cap_net_raw=ep',
    'cap_net_admin,cap_net_raw=ep',
    'cap_chown=p',
    'cap_setuid=ei',
    'cap_net_bind_service=eip',
    'cap_perfmon,cap_bpf,cap_checkpoint_restore=ep',
    'cap_chown=p cap_kill+ip',
  ])('of %s', async (text) => {
    const folder = mkdtempSync(join(tmpdir(), 'morsel-capability-'));
    try {
      const file = join(folder, 'program');
      writeFileSync(file, '');
      expect(spawnSync('setcap', [text, file], { encoding: 'utf8' }).stderr).toBe('');
      const { stdout } = spawnSync('getcap', [file], { encoding: 'utf8' });
      const attribute = (await readCapability(file))?.['security.capability'] ?? null;
      expect(words(capabilityText(attribute))).toEqual(words(stdout.slice(file.length).trim()));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** Groups in any order; libcap writes the second one with a plus. */
const words = (text: string | null): readonly string[] => (text ?? '').replaceAll('+', '=').split(' ').sort();

describe('bytes that are none', () => {
  it.each([
    ['nothing', []],
    ['a head alone', [1, 0, 0, 2]],
    ['of an unknown revision', [0, 0, 0, 9, ...Array<number>(16).fill(255)]],
    ['cut', [1, 0, 0, 2, ...Array<number>(15).fill(255)]],
  ])('%s', (_name, bytes) => {
    expect(capabilityText(Uint8Array.from(bytes))).toBe('unreadable');
  });

  it('names numbers that have no name yet', () => {
    const bytes = [1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 128, 0, 0, 0, 0];
    expect(capabilityText(Uint8Array.from(bytes))).toBe('63=ep');
  });

  it('has none where there is no attribute', () => expect(capabilityText(null)).toBeNull());
});
