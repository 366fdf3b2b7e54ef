import { describe, expect, it } from 'vitest';
import { buildElf } from '../../test/property/elf-builder.ts';
import { memoryByteSource } from '../core/byte-source.ts';
import { type DlopenNote, readElf } from './index.ts';

function notesOf(json: string, type = 0x407c0c0a, owner = 'FDO'): readonly DlopenNote[] {
  const notes = [{ owner, type, description: Buffer.from(json) }];
  return readElf(memoryByteSource(buildElf({ interpreter: '/l', notes }))).dlopen;
}

const ONE = '[{"feature":"zstd","priority":"required","soname":["libzstd.so.1","libzstd.so.0"]}]\0\0';

describe('a .note.dlopen', () => {
  it('is read as the specification has it', () => {
    expect(notesOf(ONE)).toEqual([
      { feature: 'zstd', priority: 'required', sonames: ['libzstd.so.1', 'libzstd.so.0'] },
    ]);
    expect(notesOf('[{"soname":["liba.so.1"]},{"soname":["libb.so.2"],"priority":"suggested"}]')).toEqual([
      { feature: null, priority: 'recommended', sonames: ['liba.so.1'] },
      { feature: null, priority: 'suggested', sonames: ['libb.so.2'] },
    ]);
  });

  it('is another note with another owner or type', () => {
    expect(notesOf(ONE, 0xcafe1a7e)).toEqual([]);
    expect(notesOf(ONE, 0x407c0c0a, 'GNU')).toEqual([]);
  });

  it.each([
    '{"soname":["liba.so.1"]}',
    '[{"soname":"liba.so.1"},null,7,{"soname":[]},{"soname":["../../etc/x.so"]},{"soname":["$ORIGIN/x.so"]}]',
    '[{"soname":["liba.so.1"]}',
    `[{"soname":["${'a'.repeat(300)}"]}]`,
    `[{"soname":["liba.so.1"]}]${' '.repeat(70_000)}`,
    '\0',
  ])('passes over %.60s', (json) => {
    expect(notesOf(json)).toEqual([]);
  });

  it('takes no more than a program has', () => {
    const many = JSON.stringify(Array.from({ length: 1000 }, () => ({ soname: ['l.so.1'] })));
    expect(notesOf(many)).toHaveLength(256);
    const names = JSON.stringify([{ soname: Array.from({ length: 100 }, (_, index) => `l${index}.so`) }]);
    expect(notesOf(names)[0]?.sonames).toHaveLength(16);
  });
});
