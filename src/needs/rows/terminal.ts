import type { NeedRow } from '../need-row.ts';

/** Terminal descriptions of ncurses. */
export const terminalRows: readonly NeedRow[] = [
  {
    need: 'terminfo',
    signatures: [
      { find: 'symbol', anyOf: ['setupterm', 'initscr', 'newterm', 'tgetent'], level: 'likely' },
      {
        find: 'string',
        anyOf: ['/usr/share/terminfo'],
        level: 'likely',
        when: (facts) => facts.link !== 'dynamic' && facts.link !== 'shared' && facts.go === null,
      },
    ],
    failure: 'Error opening terminal: xterm',
    fix: ({ env }) => {
      const term = env['TERM'] ?? 'xterm';
      return `/usr/share/terminfo/${term.slice(0, 1)}/${term} (about 3,800 bytes)`;
    },
    sizeBytes: 3_800,
    decide: (found, { env }) => ({ level: found.level, details: { term: env['TERM'] ?? 'xterm' } }),
  },
];
