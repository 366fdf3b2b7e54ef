import { gnuLongName, type HostileMember, paxHeader, TAR_END, tarMember } from '../archive-builder.ts';
import type { Dice } from './dice.ts';
import {
  headerNumber,
  hostilePath,
  linkTarget,
  pathPart,
  type Targets,
  text,
  wildCount,
} from './hostile-words.ts';

/** Layers made to climb out of their root, to be more than they say, and to be read for ever. */
type LayerKind = (dice: Dice, targets: Targets) => readonly Buffer[];

const TYPES = ['0', '0', '0', '5', '5', '2', '2', '1', '3', '6', '7', '\0'];
const WILD_TYPES = ['4', 'S', 'M', 'V', 'Z', 'x', 'g', 'L', 'K', ' '];

function member(dice: Dice, targets: Targets): Buffer {
  const type = dice.pick(dice.oneIn(8) ? WILD_TYPES : TYPES);
  const oddNumbers = (): Partial<HostileMember> => ({
    mode: headerNumber(dice),
    uid: headerNumber(dice),
    gid: headerNumber(dice),
    mtimeSeconds: headerNumber(dice),
  });
  return tarMember({
    name: hostilePath(dice).slice(0, 100),
    type,
    link: type === '1' || type === '2' ? linkTarget(dice, targets).slice(0, 100) : '',
    content: type === '0' ? text(dice) : '',
    ...(dice.oneIn(3) ? oddNumbers() : { mode: dice.pick([0, 0o644, 0o755, 0o4755, 0o1777, 0o000]) }),
    ...(dice.oneIn(12) ? { sizeBytes: headerNumber(dice) } : {}),
    ...(dice.oneIn(20) ? { magic: dice.pick(['ustar  \0', '\0\0\0\0\0\0\0\0', 'ustar\u000011']) } : {}),
    ...(dice.oneIn(20) ? { prefix: hostilePath(dice).slice(0, 155) } : {}),
    ...(dice.oneIn(20) ? { patch: { offset: dice.below(500), bytes: dice.bytes(1 + dice.below(8)) } } : {}),
  });
}

const PAX_KEYS = ['path', 'linkpath', 'size', 'uid', 'gid', 'mtime', 'hdrcharset', 'SCHILY.xattr.user.a'];
const ODD_PAX_KEYS = [
  'SCHILY.xattr.security.capability',
  'GNU.sparse.major',
  'GNU.sparse.map',
  'GNU.sparse.realsize',
  '',
  '=',
];

function paxRecords(dice: Dice, targets: Targets): Buffer {
  const value = (): string =>
    dice.pick([
      () => text(dice),
      () => String(wildCount(dice)),
      () => linkTarget(dice, targets),
      () => 'v'.repeat(dice.below(200_000)),
    ])();
  const records = dice.several(
    1,
    6,
    () => [dice.pick(dice.oneIn(3) ? ODD_PAX_KEYS : PAX_KEYS), value()] as const,
  );
  if (dice.oneIn(8))
    return tarMember({
      name: 'pax',
      type: 'x',
      content: dice.pick(['99999999999 path=a\n', '5 a=\n', '0 =\n', '-3 a=b\n', 'a']),
    });
  return paxHeader(records, dice.oneIn(4) ? 'g' : 'x');
}

/** A directory becomes a link, and what was in it is written through it. */
const throughLinks: LayerKind = (dice, targets) => {
  const name = pathPart(dice).slice(0, 60);
  return [
    tarMember({ name: `${name}/`, type: '5', mode: 0o755 }),
    tarMember({ name, type: dice.pick(['1', '2', '2']), link: linkTarget(dice, targets).slice(0, 100) }),
    ...dice.several(1, 5, () => {
      const below = `${name}/${pathPart(dice)}`.slice(0, 100);
      return tarMember({
        name: below,
        type: dice.pick(['0', '5', '2', '1', '6']),
        link: targets.victim,
        content: '',
      });
    }),
    tarMember({ name: `${name}/.wh.${pathPart(dice)}`.slice(0, 100) }),
  ];
};

/** Links to links, each doubling the way that it leads; and directories behind them that no path can name. */
const ladders: LayerKind = (dice) => {
  const steps = 2 + dice.below(40);
  const deep = 'a/'.repeat(50 + dice.below(1900));
  const links = Array.from({ length: steps }, (_, step) => {
    const before = step === 0 ? '' : `l${step - 1}/`;
    const link = dice.oneIn(2) ? `${before}${deep}a` : `l${step - 1}/l${step - 1}`;
    const folder = [
      paxHeader([['path', `${before}${deep}`]]),
      tarMember({ name: 'x', type: '5', mode: 0o755 }),
    ];
    return [...folder, paxHeader([['linkpath', link]]), tarMember({ name: `l${step}`, type: '2' })];
  });
  return links.flat();
};

const many: LayerKind = (dice) => {
  const kind = dice.pick(['0', '5', '2', '1']);
  const width = 1 + dice.below(2000);
  const count = 100 + dice.below(dice.oneIn(10) ? 20_000 : 2000);
  return Array.from({ length: count }, (_, at) =>
    tarMember({ name: `d${Math.floor(at / width)}/${at}`, type: kind, link: kind === '1' ? 'd0/0' : 'x' }),
  );
};

const attributes: LayerKind = (dice) => {
  const header = paxHeader(
    dice.several(
      1,
      dice.oneIn(10) ? 30 : 3,
      (at) => [`SCHILY.xattr.user.a${at}`, 'a'.repeat(1 + dice.below(30_000))] as const,
    ),
    dice.pick(['x', 'g']),
  );
  return dice.several(10, 400, (at) =>
    Buffer.concat([dice.oneIn(2) ? header : Buffer.alloc(0), tarMember({ name: `f${at}` })]),
  );
};

/** Nothing that a reader refuses at its first look: no way upwards, and hard links lead to members before them. */
const plausible: LayerKind = (dice, targets) => {
  const files: string[] = [];
  return dice.several(1, 30, () => {
    const name =
      hostilePath(dice)
        .split('/')
        .filter((part) => part !== '..' && part.length < 256)
        .join('/')
        .slice(0, 99) || 'a';
    const type = dice.pick(['0', '0', '5', '5', '2', ...(files.length > 0 ? ['1'] : [])]);
    const link =
      type === '1' ? dice.pick(files) : type === '2' ? linkTarget(dice, targets).slice(0, 99) || '.' : '';
    if (type === '0') files.push(name);
    return tarMember({
      name,
      type,
      link,
      content: type === '0' ? text(dice) : '',
      mode: dice.pick([0o644, 0o755, 0o4755, 0]),
    });
  });
};

const anything: LayerKind = (dice, targets) =>
  dice.several(1, 12, () =>
    dice.pick([
      () => member(dice, targets),
      () => member(dice, targets),
      () => Buffer.concat([paxRecords(dice, targets), member(dice, targets)]),
      () =>
        Buffer.concat([
          gnuLongName(dice.oneIn(2) ? hostilePath(dice) : text(dice), dice.pick(['L', 'K'])),
          member(dice, targets),
        ]),
      () => Buffer.concat([...dice.several(1, 20, () => paxRecords(dice, targets))]),
    ])(),
  );

const KINDS: readonly LayerKind[] = [
  plausible,
  plausible,
  plausible,
  plausible,
  plausible,
  plausible,
  anything,
  anything,
  throughLinks,
  throughLinks,
  ladders,
  many,
  attributes,
];

/** The members of one layer, without an end: what comes before and behind is the image's business. */
export function hostileMembers(dice: Dice, targets: Targets): Buffer {
  return Buffer.concat(dice.pick(KINDS)(dice, targets));
}

/** What a layer may end with. */
export function layerEnd(dice: Dice): Buffer {
  if (!dice.oneIn(6)) return TAR_END;
  return dice.pick([
    Buffer.alloc(0),
    Buffer.alloc(512),
    Buffer.alloc(700),
    dice.bytes(300),
    Buffer.alloc(1024 * 1024),
  ]);
}

/** Some bytes are others; the checksums of those headers are made right again, so that what reads them is reached. */
export function mutateTar(dice: Dice, tar: Buffer): Buffer {
  const bytes = Buffer.from(dice.oneIn(4) ? tar.subarray(0, dice.below(tar.length + 1)) : tar);
  if (bytes.length < 600) return bytes;
  for (let change = dice.below(6); change >= 0; change -= 1) {
    const at = dice.below(bytes.length - 8);
    dice.bytes(1 + dice.below(8)).copy(bytes, at);
    const header = bytes.subarray(at - (at % 512), at - (at % 512) + 512);
    if (header.toString('latin1', 257, 262) !== 'ustar') continue;
    header.fill(' ', 148, 156);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  }
  return bytes;
}
