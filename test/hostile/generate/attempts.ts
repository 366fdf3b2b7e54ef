import { tarMember, tarOf } from '../archive-builder.ts';
import { archiveBytes, layoutFiles } from '../image-builder.ts';
import { attackScript } from './attack-script.ts';
import { type Dice, diceFor } from './dice.ts';
import type { Targets } from './hostile-words.ts';
import { hostileImage, oddFile } from './images.ts';
import { hostileProgram } from './programs.ts';
import { checks, configuration, type InputFile, type InputFiles, project } from './projects.ts';

/** Paths of an attempt's commands: replaced where it is performed. */
export const INPUT = '@input@';
export const OUTPUT = '@output@';

/** In the worker (reader-worker.ts), by the library's own functions, which saves a start for each. */
export interface ReaderAttempt {
  readonly way: 'read';
  readonly kind: string;
  readonly files: InputFiles;
  readonly reads: readonly ReadName[];
  readonly path: string;
}

export type ReadName = 'inspect' | 'explain' | 'unpack' | 'ldd' | 'configuration' | 'plan';

/** By the built CLI, as a user does. */
export interface CommandAttempt {
  readonly way: 'command';
  readonly kind: string;
  readonly files: InputFiles;
  readonly argv: readonly string[];
  readonly user: 'this' | 'ordinary';
  readonly interrupt?: { readonly signal: number; readonly afterMs: number } | undefined;
}

export type Attempt = ReaderAttempt | CommandAttempt;

/** What attempts are made of beside their dice: the same bytes for the whole campaign. */
export interface Ingredients extends Targets {
  /** A small static program that ends with 0. */
  readonly hello: Buffer;
  readonly attack: Buffer;
  readonly sandboxes: readonly string[];
  readonly hasOrdinaryUser: boolean;
}

type Maker = (dice: Dice, ingredients: Ingredients) => Attempt;

/** How many of a thousand; the sum need not be exact. A read takes 10 ms, a command 50, a run 400, a build 600, compare 3,000. */
const MAKERS: readonly (readonly [weight: number, make: Maker])[] = [
  [400, readImage],
  [210, readProgram],
  [90, readConfiguration],
  [50, readProject],
  [105, attackFromInside],
  [55, commandOnImage],
  [25, commandOnProgram],
  [22, buildProject],
  [12, interrupted],
  [4, compareProgram],
];

/** Attempt `index` of `seed`: the same for ever, but for the path of the victim, whose length is fixed. */
export function makeAttempt(seed: number, index: number, ingredients: Ingredients): Attempt {
  const dice = diceFor(seed, index);
  let ticket = dice.below(MAKERS.reduce((sum, [weight]) => sum + weight, 0));
  const found = MAKERS.find(([weight]) => (ticket -= weight) < 0);
  if (found === undefined) throw new Error('the weights do not add up');
  return found[1](dice, ingredients);
}

function readImage(dice: Dice, ingredients: Ingredients): Attempt {
  const { files, path } = imageInput(dice, ingredients);
  const reads = dice.oneIn(3)
    ? (['inspect', 'explain', 'unpack'] as const)
    : [dice.pick(['inspect', 'explain', 'unpack'] as const)];
  return { way: 'read', kind: 'image', files, reads, path };
}

function readProgram(dice: Dice, { hello }: Ingredients): Attempt {
  const files = new Map([['program', hostileProgram(dice, hello)]]);
  return { way: 'read', kind: 'program', files, reads: ['inspect', 'explain', 'ldd'], path: 'program' };
}

function readConfiguration(dice: Dice, ingredients: Ingredients): Attempt {
  const file: InputFile = dice.oneIn(8) ? oddFile(dice, ingredients) : configuration(dice, ingredients);
  return {
    way: 'read',
    kind: 'configuration',
    files: new Map([['morsel.json', file]]),
    reads: ['configuration'],
    path: 'morsel.json',
  };
}

function readProject(dice: Dice, ingredients: Ingredients): Attempt {
  return { way: 'read', kind: 'project', files: project(dice, ingredients), reads: ['plan'], path: '.' };
}

/** A program that does what its script says, in each sandbox, as each user. */
function attackFromInside(dice: Dice, ingredients: Ingredients): Attempt {
  const config = {
    User: dice.pick(['0:0', '65532:65532']),
    ...(dice.oneIn(2) ? { WorkingDir: dice.pick(['/w', '/w/leaf/deep', '/etc', '/tmp', '/dev/shm']) } : {}),
  };
  const tar = tarOf(
    { name: './', type: '5', mode: dice.pick([0o777, 0o1777, 0o755]) },
    ...(dice.oneIn(2) ? [{ name: 'etc/', type: '5', mode: 0o777 }] : []),
    ...(dice.oneIn(3)
      ? [{ name: dice.pick(['etc', 'dev', 'tmp', 'w', 'proc']), type: '2', link: ingredients.victim }]
      : []),
    tarMember({ name: 'script', content: attackScript(dice, ingredients) }),
    tarMember({ name: 'app', mode: 0o755, content: ingredients.attack }),
  );
  const image = archiveBytes(layoutFiles({ layers: [{ tar }], config }));
  const words = { name: 'attack', exitCode: 0, timeoutSeconds: 8, excludedOutput: ['BREACH'] };
  const files = new Map([
    ['image.tar', image],
    ['checks.json', Buffer.from(JSON.stringify({ checks: [words] }))],
  ]);
  const sandbox = ['--sandbox', dice.pick(ingredients.sandboxes)];
  const run = [
    'run',
    ...sandbox,
    ...(dice.oneIn(3) ? ['--read-only'] : []),
    ...volume(dice, ingredients),
    `${INPUT}/image.tar`,
  ];
  const prove = [
    'prove',
    ...sandbox,
    '--checks',
    `${INPUT}/checks.json`,
    '-o',
    `${OUTPUT}/receipt.json`,
    `${INPUT}/image.tar`,
  ];
  return {
    way: 'command',
    kind: 'attack',
    files,
    argv: dice.oneIn(3) ? prove : run,
    user: user(dice, ingredients),
  };
}

/** Read-only, and at places that the image may have made links of. */
function volume(dice: Dice, { victim }: Ingredients): readonly string[] {
  return dice.oneIn(4) ? ['-v', `${victim}/leaf:${dice.pick(['/mnt', '/etc', '/w/leaf', '/a/b/c'])}:ro`] : [];
}

function user(dice: Dice, { hasOrdinaryUser }: Ingredients): 'this' | 'ordinary' {
  return hasOrdinaryUser && dice.oneIn(3) ? 'ordinary' : 'this';
}

function commandOnImage(dice: Dice, ingredients: Ingredients): Attempt {
  const { files, path } = imageInput(dice, ingredients);
  const image = `${INPUT}/${path}`;
  const argv = dice.pick([
    ['inspect', image, '--format', dice.pick(['text', 'json'])],
    ['explain', image, 'exec /app: no such file or directory'],
    ['run', image],
    ['prove', image, '-o', `${OUTPUT}/receipt.json`],
    ['inspect', `${INPUT}/hello`, '--base', image],
  ]);
  return {
    way: 'command',
    kind: 'command',
    files: new Map([...files, ['hello', ingredients.hello]]),
    argv,
    user: user(dice, ingredients),
  };
}

function commandOnProgram(dice: Dice, { hello }: Ingredients): Attempt {
  const files = new Map<string, InputFile>([
    ['program', hostileProgram(dice, hello)],
    ['morsel.json', Buffer.from(JSON.stringify({ checks: checks(dice) }))],
  ]);
  const program = `${INPUT}/program`;
  const argv = dice.pick([
    [
      'build',
      program,
      '-o',
      `${OUTPUT}/o.tar`,
      '--add',
      `${INPUT}/morsel.json:/${dice.pick(['x', '../x', 'program', 'proc/x'])}`,
    ],
    ['build', program, '-o', `${OUTPUT}/layout/`, '--no-prove'],
    ['inspect', program],
    ['explain', program],
    ['ldd', program],
  ]);
  return { way: 'command', kind: 'program', files, argv, user: 'this' };
}

function buildProject(dice: Dice, ingredients: Ingredients): Attempt {
  const argv = ['build', INPUT, '-o', `${OUTPUT}/o.tar`, ...(dice.oneIn(2) ? ['--rung', 'static-musl'] : [])];
  return { way: 'command', kind: 'build', files: project(dice, ingredients), argv, user: 'this' };
}

function compareProgram(dice: Dice, ingredients: Ingredients): Attempt {
  const { files, path } = imageInput(dice, ingredients);
  const all = new Map([...files, ['hello', ingredients.hello]]);
  return {
    way: 'command',
    kind: 'compare',
    files: all,
    argv: ['compare', `${INPUT}/hello`, '--base', `${INPUT}/${path}`],
    user: 'this',
  };
}

/** Any command, ended from outside in the middle of whatever it does. */
function interrupted(dice: Dice, ingredients: Ingredients): Attempt {
  const make = dice.pick([attackFromInside, attackFromInside, commandOnImage, buildProject, compareProgram]);
  const interrupt = { signal: dice.pick([2, 15, 1, 9, 9]), afterMs: dice.below(1200) };
  return { ...(make(dice, ingredients) as CommandAttempt), kind: 'interrupted', interrupt };
}

function imageInput(
  dice: Dice,
  ingredients: Ingredients,
): { readonly files: InputFiles; readonly path: string } {
  const image = hostileImage(dice, ingredients, ingredients.hello);
  if (image.form === 'archive')
    return { files: new Map([['image.tar', archiveBytes(image.files)]]), path: 'image.tar' };
  const files = new Map<string, InputFile>([...image.files].map(([name, bytes]) => [`image/${name}`, bytes]));
  if (dice.oneIn(5)) files.set(dice.pick([...files.keys()]), oddFile(dice, ingredients));
  return { files, path: 'image' };
}
