import fc from 'fast-check';
import { decodeName } from '../../src/tar/index.ts';

/** A call that a program made, as strace writes it, and what is to be read of it. */
export interface ModelCall {
  /** Before and after the place where strace may cut it in two. */
  readonly halves: readonly [string, string];
  readonly found: Readonly<Record<string, string>>;
  /** Of those, by the program. */
  readonly named: readonly string[];
  readonly missed?: string;
  readonly socket?: string;
}

/** Names that a program chooses: whatever looks like a trace, and any bytes but `/` and NUL. */
const NASTY = [
  'a',
  ' <unfinished ...>',
  ') = -1 ENOENT (No such file or directory)',
  '") = 3',
  '= 0',
  '\\',
  '"',
  '<x>',
  'x (deleted)',
  '"...',
  ', ',
  '\n7 access("',
  '/* */',
  '{[(',
  '0\u00ff1',
  '\u00e9\u00c3\u00a9',
  '\u007f\u0001',
];
const name = fc
  .oneof(
    { weight: 3, arbitrary: fc.constantFrom(...NASTY) },
    fc
      .array(fc.integer({ min: 1, max: 255 }), { minLength: 1, maxLength: 8 })
      .map((codes) => String.fromCharCode(...codes)),
  )
  .map((bytes) => bytes.replaceAll('/', '|'))
  .filter((bytes) => !/^\.{1,2}$/.test(bytes));
/** Bytes, one a character. */
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `/${names.join('/')}`);

const SHORT: Readonly<Record<string, string>> = { '\n': 'n', '\t': 't', '\r': 'r', '\f': 'f', '\v': 'v' };

/** string_quote of strace's util.c; in the path of a descriptor `<` and `>` as well. */
function escaped(bytes: string, extra = ''): string {
  return [...bytes]
    .map((character, index) => {
      const code = character.charCodeAt(0);
      if (SHORT[character] !== undefined) return `\\${SHORT[character]}`;
      if (character === '"' || character === '\\') return `\\${character}`;
      if (code >= 0x20 && code < 0x7f && !extra.includes(character)) return character;
      const isBeforeDigit = /[0-7]/.test(bytes[index + 1] ?? '');
      return `\\${code.toString(8).padStart(isBeforeDigit ? 3 : 1, '0')}`;
    })
    .join('');
}

const quoted = (bytes: string): string => `"${escaped(bytes)}"`;
const descriptor = (bytes: string): string => `<${escaped(bytes, '<>')}>`;
const key = (bytes: string): string => decodeName(Buffer.from(bytes, 'latin1'));
const ENOENT = '-1 ENOENT (No such file or directory)';

const opened = fc.record({ asked: path, real: path }).map(({ asked, real }): ModelCall => ({
  halves: [`openat(AT_FDCWD</w>, ${quoted(asked)}, O_RDONLY|O_CLOEXEC`, `) = 3${descriptor(real)}`],
  found: { [key(asked)]: 'read', [key(real)]: 'read' },
  named: [key(asked)],
}));
const absent = path.map((asked): ModelCall => ({
  halves: [`open(${quoted(asked)}, O_RDONLY`, `)      = ${ENOENT}`],
  found: {},
  named: [],
  missed: key(asked),
}));
const statted = fc
  .record({ base: path, below: name, isThere: fc.boolean() })
  .map(({ base, below, isThere }): ModelCall => ({
    halves: [
      `newfstatat(4${descriptor(base)}, ${quoted(below)}, `,
      isThere ? '{st_mode=S_IFREG|0644, st_size=1, ...}, 0) = 0' : `0x7ffd, 0) = ${ENOENT}`,
    ],
    found: isThere ? { [key(`${base}/${below}`)]: 'statted' } : {},
    named: isThere ? [key(`${base}/${below}`)] : [],
    ...(isThere ? {} : { missed: key(`${base}/${below}`) }),
  }));
const made = path.map((asked): ModelCall => ({
  halves: [`mkdir(${quoted(asked)}, 0777`, ')    = 0'],
  found: { [key(asked)]: 'written' },
  named: [key(asked)],
}));
const executed = fc
  .record({ asked: path, word: name, isThere: fc.boolean() })
  .map(({ asked, word, isThere }): ModelCall => ({
    halves: [
      `execve(${quoted(asked)}, ["x", ${quoted(word)}], 0x7ffc /* 3 vars */`,
      `) = ${isThere ? '0' : ENOENT}`,
    ],
    found: isThere ? { [key(asked)]: 'executed' } : {},
    named: isThere ? [key(asked)] : [],
    ...(isThere ? {} : { missed: key(asked) }),
  }));
const sent = fc.record({ asked: path, text: name }).map(({ asked, text }): ModelCall => ({
  halves: [
    `sendto(3<socket:[7]>, ${quoted(text)}, 9, 0, {sa_family=AF_UNIX, sun_path=${quoted(asked)}}, 9`,
    `) = ${ENOENT}`,
  ],
  found: {},
  named: [],
  socket: key(asked),
}));
const unanswered = path.map((asked): ModelCall => ({
  halves: [`open(${quoted(asked)}, O_RDONLY`, ') = ? ERESTARTSYS (To be restarted if SA_RESTART is set)'],
  found: {},
  named: [],
}));

const modelCall = fc.oneof(opened, absent, statted, made, executed, sent, unanswered);

/** What each process does, and in which order their lines come: a number of a process, for each line. */
export const modelTrace = fc.record({
  processes: fc.array(fc.array(fc.record({ call: modelCall, isCut: fc.boolean() }), { maxLength: 8 }), {
    minLength: 1,
    maxLength: 4,
  }),
  order: fc.array(fc.nat({ max: 3 }), { maxLength: 64 }),
});
export type ModelTrace = typeof modelTrace extends fc.Arbitrary<infer T> ? T : never;

/** Calls in the order of their answers, and the text of the trace. */
export function writeTrace({ processes, order }: ModelTrace): {
  readonly text: string;
  readonly calls: readonly ModelCall[];
} {
  const queues = processes.map((calls, index) =>
    calls.flatMap(({ call, isCut }) => linesOf(call, isCut, 7 + index)),
  );
  const lines = ['7 execve("/bin/x", ["x"], 0x7ffc /* 3 vars */) = 0'];
  const answered: ModelCall[] = [];
  for (const turn of [...order, ...queues.flatMap((queue, index) => queue.map(() => index))]) {
    const next = queues[turn % queues.length]?.shift();
    if (next === undefined) continue;
    lines.push(next.line);
    if (next.call !== undefined) answered.push(next.call);
  }
  return { text: `${lines.join('\n')}\n`, calls: answered };
}

function linesOf(
  call: ModelCall,
  isCut: boolean,
  id: number,
): { readonly line: string; readonly call?: ModelCall }[] {
  const [first, last] = call.halves;
  const prefix = String(id).padEnd(5);
  if (!isCut) return [{ line: `${prefix} ${first}${last}`, call }];
  const callName = /^\w+/.exec(first)?.[0] ?? '';
  return [
    { line: `${prefix} ${first} <unfinished ...>` },
    { line: `${prefix} <... ${callName} resumed>${last}`, call },
  ];
}
