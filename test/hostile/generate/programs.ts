import { buildElf, type ElfSpec } from '../../property/elf-builder.ts';
import { mutate } from '../../property/elf-mutations.ts';
import type { Dice } from './dice.ts';
import { EVIL_TEXT, text } from './hostile-words.ts';

/** Executables whose tables lie: real ones with wrong bytes, and made ones with wrong words. */
export function hostileProgram(dice: Dice, real: Buffer): Buffer {
  const bytes = dice.oneIn(2) ? real : buildElf(spec(dice));
  if (dice.oneIn(4)) return bytes;
  const tables = [
    { offset: 0, sizeBytes: Math.min(bytes.length, 1024) },
    { offset: 0, sizeBytes: bytes.length },
  ];
  return mutate({ name: 'program', bytes: Buffer.from(bytes), tables }, dice.below);
}

function spec(dice: Dice): ElfSpec {
  const word = (): string =>
    dice.pick([
      text(dice),
      EVIL_TEXT,
      '$ORIGIN/../../..',
      '/etc/passwd',
      '/dev/zero',
      'libc.so.6',
      '/proc/self/exe',
    ]);
  const many = (): readonly string[] => dice.several(0, dice.oneIn(10) ? 3000 : 4, word);
  return {
    class: dice.pick([32, 64] as const),
    littleEndian: !dice.oneIn(4),
    type: dice.pick([1, 2, 3, 4, 0xffff]),
    interpreter: dice.pick(['/lib64/ld-linux-x86-64.so.2', '/lib/ld-musl-x86_64.so.1', word()]),
    needed: many(),
    soname: word(),
    runpath: many().join(':'),
    rpath: many().join(':'),
    imports: dice.several(0, 20, () => ({ name: word(), library: word(), version: word() })),
    exports: dice.several(0, 20, () => ({ name: word(), version: word() })),
    hash: dice.pick(['sysv', 'sysv-wide', 'gnu', 'both', 'none'] as const),
    notes: dice.several(0, 3, () => ({
      owner: word(),
      type: dice.below(10),
      description: dice.bytes(dice.below(40)),
    })),
    sections: dice.oneIn(2),
  };
}
