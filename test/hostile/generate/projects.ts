import type { Dice } from './dice.ts';
import { idText, linkTarget, type Targets, text } from './hostile-words.ts';
import { document, oddFile, oddValue } from './images.ts';

/** What one path of an input is: bytes, or something that is no file. */
export type InputFile = Buffer | { readonly link: string } | { readonly fifo: true } | 'directory';

export type InputFiles = ReadonlyMap<string, InputFile>;

const C = '#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n';
const PATTERNS = [
  '^(a+)+$',
  '(.*){30}!',
  '(?<=a{1,9})b',
  '(',
  '[^]*',
  '\\1',
  '(?:a|aa)+$',
  '^hello$',
  '\\p{L}',
  '(a{0,65535}){65535}',
];

/** A configuration with fields that are wrong, wild or hostile. */
export function configuration(dice: Dice, targets: Targets): Buffer {
  if (dice.oneIn(6)) return document(dice);
  const fields: Record<string, () => unknown> = {
    name: () => dice.pick([text(dice), '../x', '/x', 'a', '.', '..']),
    bin: () => text(dice),
    tags: () => dice.several(0, 5, () => text(dice)),
    entrypoint: () => dice.several(0, 4, () => text(dice)),
    env: () => ({ [text(dice)]: text(dice), PATH: text(dice) }),
    user: () => idText(dice),
    workdir: () => text(dice),
    labels: () => ({ [text(dice)]: text(dice) }),
    expose: () => [text(dice), '99999', '80/sctp'],
    stopSignal: () => text(dice),
    add: () =>
      dice.several(
        1,
        3,
        () => `${dice.pick([targets.victim, '../../etc/passwd', '/etc/shadow', '.', '/proc/1', '/dev'])}:/x`,
      ),
    timeZone: () => dice.pick(['../../etc/passwd', '/etc/passwd', text(dice), 'Europe/Berlin']),
    limits: () => ({ maxImageBytes: oddValue(dice), maxFiles: oddValue(dice) }),
    checks: () => checks(dice),
    [text(dice)]: () => oddValue(dice),
  };
  const names = dice.several(1, 4, () => dice.pick(Object.keys(fields)));
  const chosen = names.map((name) => [name, dice.oneIn(8) ? oddValue(dice) : fields[name]?.()] as const);
  return Buffer.from(JSON.stringify({ name: 'x', ...Object.fromEntries(chosen) }));
}

export function checks(dice: Dice): readonly unknown[] {
  return dice.several(0, dice.oneIn(10) ? 1200 : 3, () => {
    const words: Record<string, () => unknown> = {
      expectedOutput: () => [dice.pick(PATTERNS)],
      excludedOutput: () => [dice.pick(PATTERNS)],
      expectedError: () => [dice.pick(PATTERNS)],
      args: () => dice.several(0, 3, () => text(dice)),
      command: () => [text(dice)],
      stdin: () => text(dice),
      env: () => ({ [text(dice)]: text(dice) }),
      exitCode: () => oddValue(dice),
      http: () => ({
        url: dice.pick(['http://127.0.0.1:1/', 'file:///etc/passwd', text(dice)]),
        body: dice.pick(PATTERNS),
      }),
      tcp: () => ({ port: oddValue(dice) }),
    };
    const names = dice.several(0, 3, () => dice.pick(Object.keys(words)));
    return {
      name: text(dice) || 'x',
      timeoutSeconds: 1,
      ...Object.fromEntries(names.map((name) => [name, words[name]?.()])),
    };
  });
}

/** Source trees whose files are not what their names say, and whose builds do what they like. */
export function project(dice: Dice, targets: Targets): InputFiles {
  const files = new Map<string, InputFile>([
    [dice.pick(['main.c', 'hello.c', '-dash.c', 'a b.c', '@file.c', "'q.c"]), Buffer.from(C)],
  ]);
  const names = [
    'morsel.json',
    'Makefile',
    'CMakeLists.txt',
    'configure.ac',
    'meson.build',
    'go.mod',
    'Cargo.toml',
    'LICENSE',
    'x.h',
    'main.go',
    'src/main.rs',
    'sub',
  ];
  for (const name of dice.several(0, 4, () => dice.pick(names))) {
    if (dice.oneIn(4)) files.set(name, oddFile(dice, targets));
    else if (name === 'morsel.json') files.set(name, configuration(dice, targets));
    else if (name === 'Makefile') files.set(name, makefile(dice));
    else files.set(name, dice.oneIn(2) ? document(dice) : Buffer.from(text(dice)));
  }
  if (dice.oneIn(4)) files.set('loop', { link: dice.pick(['loop', '.', '..', linkTarget(dice, targets)]) });
  return files;
}

/** Builds that print, hang, leave something running or do what was not asked; none of them reaches outside of its folder. */
function makefile(dice: Dice): Buffer {
  const recipes = [
    "head -c 300000 /dev/zero | tr '\\0' x; exit 1",
    'printf "x\\n  passed  starts\\n\\033[8m" >&2; exit 1',
    'setsid sleep 300 & exit 1',
    'setsid sleep 300 & $(CC) -static -o app *.c',
    'kill -9 $$PPID',
    'exit $$(( $$$$ % 200 ))',
    'ln -s /etc/passwd app',
    'mkfifo app',
    'mkdir app',
    'yes | head -n 200000 >&2; exit 1',
    '$(CC) -static -o app *.c; chmod 000 app .',
  ];
  return Buffer.from(`all:\n\t${dice.pick(recipes)}\n`);
}
