import type { HeaderNumber } from '../archive-builder.ts';
import type { Dice } from './dice.ts';

/** Text that would say "passed", conceal, erase and overwrite, were it printed as it is. */
export const EVIL_TEXT = 'x\n  passed  starts: all good\n\u001B[8mhidden\u001B[2K\r\u009B2J\u202E';

/** Where an attempt may point to: the folder of the host that nothing may touch. */
export interface Targets {
  readonly victim: string;
}

export function pathPart(dice: Dice): string {
  const plain = ['a', 'b', 'dir', 'l', 'app', 'etc', 'dev', 'proc', 'tmp', 'é'];
  const odd = ['..', '.', '', '.wh.a', '.wh..wh..opq', '.wh.', '.wh...', '-rf', ' ', '\\', 'a\tb', EVIL_TEXT];
  const long = ['x'.repeat(90), 'n'.repeat(255), 'n'.repeat(256), 'n'.repeat(300), 'é'.repeat(128)];
  return dice.pick(dice.oneIn(3) ? (dice.oneIn(3) ? long : odd) : plain);
}

export function hostilePath(dice: Dice): string {
  const path = dice.several(1, dice.oneIn(20) ? 60 : 4, () => pathPart(dice)).join('/');
  if (dice.oneIn(30)) return 'd/'.repeat(1 + dice.below(2200));
  return dice.oneIn(6) ? `/${path}` : path;
}

export function linkTarget(dice: Dice, { victim }: Targets): string {
  const fixed = [
    victim,
    `${victim}/leaf`,
    `..${victim}`,
    '../'.repeat(12) + victim.slice(1),
    '/',
    '.',
    '..',
    '',
  ];
  const kernel = [
    '/proc/self/root',
    '/proc/self/cwd',
    '/proc/1/root/etc',
    '/dev/zero',
    '/dev/stdin',
    '/proc/self/fd/0',
  ];
  return dice.oneIn(3) ? dice.pick([...fixed, ...kernel]) : hostilePath(dice);
}

/** What a header's number field may hold: octal, base 256, and what is neither. */
export function headerNumber(dice: Dice): HeaderNumber {
  const numbers = [0, 1, 0o755, 0o7777, 1000, 65532, 2 ** 21 - 1];
  const wide = [
    0n,
    -1n,
    1n << 31n,
    (1n << 32n) - 2n,
    (1n << 32n) - 1n,
    1n << 32n,
    1n << 40n,
    1n << 53n,
    -(1n << 53n),
  ];
  const raw = ['-1', '9999999', '0x10', '        ', '\0\0\0', '77777777', ' 12 34 '].map((text) =>
    Buffer.from(text),
  );
  return dice.pick<HeaderNumber>(dice.oneIn(2) ? numbers : [...wide, ...raw]);
}

/** A count that a reader may believe: small, at its limits, and far beyond. */
export function wildCount(dice: Dice): number {
  return dice.pick([
    -1,
    0,
    1,
    2,
    511,
    512,
    513,
    4095,
    4096,
    65535,
    2 ** 31 - 1,
    2 ** 32 - 1,
    2 ** 32,
    2 ** 53 - 1,
    1e21,
  ]);
}

export function idText(dice: Dice): string {
  const odd = [
    '-1',
    '4294967294',
    '4294967295',
    '4294967296',
    '9999999999',
    '1.5',
    'abc',
    '0x0',
    '',
    ' 0',
    '0:',
    ':0',
    EVIL_TEXT,
  ];
  const named = ['root', 'bob', 'bob:staff', 'nobody:nogroup', '0:0', '65532:65532', '1000'];
  const id = dice.pick(dice.oneIn(2) ? odd : named);
  return dice.oneIn(3) ? `${id}:${dice.pick(odd)}` : id;
}

export function text(dice: Dice): string {
  const make = [
    () => EVIL_TEXT,
    () => 'x'.repeat(dice.below(5000)),
    () => 'w/'.repeat(dice.below(3000)),
    () => dice.bytes(dice.below(60)).toString('latin1'),
    () => hostilePath(dice),
    () => dice.pick(['', '\0', 'null', '__proto__', '$(reboot)', '`id`', '%s%n', '{}', '../../etc/passwd']),
  ];
  return dice.pick(make)();
}
