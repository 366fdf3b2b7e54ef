import { type Ruling, confirmed, type ImageInUse, ruledOut } from '../lack.ts';
import { needFamily } from '../need-family.ts';
import { firstFile } from '../places.ts';
import { isDynamic } from '../program-kinds.ts';
import type { NeedContext } from '../signature.ts';
import { entries, firstHostFile, missing, type Supplier } from '../supply.ts';

const DESCRIPTIONS = '/usr/share/terminfo';
const ANY_TERMINAL = 'xterm';
const below = (term: string): string => `${term.slice(0, 1)}/${term}`;

/** Every ncurses looks in /usr/share/terminfo; Debian's also in /lib and /etc. */
const placesOf = (term: string): readonly string[] =>
  [DESCRIPTIONS, '/usr/lib/terminfo', '/lib/terminfo', '/etc/terminfo'].map(
    (directory) => `${directory}/${below(term)}`,
  );

const termOf = ({ env }: Pick<NeedContext, 'env'>): string => env['TERM'] ?? ANY_TERMINAL;

const TERMINAL_NAME = /^[\w+.-]+$/;
const safeTerm = (term: string): string => (TERMINAL_NAME.test(term) ? term : ANY_TERMINAL);

const supply: Supplier = (need, { host }) => {
  const term = need.details?.['term'] ?? ANY_TERMINAL;
  if (!TERMINAL_NAME.test(term)) return null;
  const file = firstHostFile(host, placesOf(term), `${DESCRIPTIONS}/${below(term)}`, need);
  return file === null
    ? missing(`the build machine has no terminfo entry ${term}`, 'apt-get install ncurses-base ncurses-term')
    : entries(file);
};

/** The terminal that the text names was asked for, whatever the image sets: `docker run -t -e TERM`. */
function checkTerminal({ tree, env, said }: ImageInUse): Ruling {
  const term = said['term'] ?? termOf({ env });
  const path = firstFile(tree, placesOf(term));
  return path === null ? confirmed(`no terminfo entry ${term} in the image`) : ruledOut(`${path} is there`);
}

/** Terminal descriptions of ncurses. */
export const terminfo = needFamily({
  need: 'terminfo',
  signatures: [
    { find: 'symbol', anyOf: ['setupterm', 'initscr', 'newterm', 'tgetent'], level: 'likely' },
    {
      find: 'string',
      anyOf: [DESCRIPTIONS],
      level: 'likely',
      when: (facts) => !isDynamic(facts) && facts.go === null,
    },
  ],
  decide: (found, context) => ({ level: found.level, details: { term: termOf(context) } }),
  failure: 'Error opening terminal: xterm',
  fix: (context) => `${DESCRIPTIONS}/${below(termOf(context))} (about 3,800 bytes)`,
  sizeBytes: 3_800,
  places: ({ term = ANY_TERMINAL }) => placesOf(term),
  supply,
  causes: [
    {
      cause: 'terminal-description',
      title: 'the image has no terminfo entry for this TERM',
      check: checkTerminal,
      fixes: ({ term = ANY_TERMINAL }) => [
        `add that one entry: \`morsel build PROGRAM --env TERM=${safeTerm(term)}\` takes it from this machine (ncurses-base, ncurses-term)`,
        'run it as a terminal that the image has: docker run -e TERM=xterm',
        'install the entries in the image: ncurses-base (Debian), ncurses-terminfo-base (Alpine)',
      ],
    },
  ],
  texts: [
    {
      name: 'ncurses: the terminal',
      match:
        /Error opening terminal: (?<term>\S+?)\.?(?:\s|$)|['"]?(?<term2>[\w+.-]+)['"]?: unknown terminal type|terminals database is inaccessible|unknown terminal|setupterm: could not find terminal|E558: Terminal entry not found|cannot find terminfo entry for ['"]?(?<term3>[\w+.-]+)|missing or unsuitable terminal: (?<term4>[\w+.-]+)/i,
      causes: ['terminal-description'],
    },
  ],
});
