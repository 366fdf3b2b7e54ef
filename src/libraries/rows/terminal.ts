import type { LibraryRow } from './library-row.ts';

/** Compiled in: a program on an empty root draws on these without a file of terminfo. */
const FALLBACKS =
  'xterm,xterm-256color,linux,vt100,screen,screen-256color,tmux,tmux-256color,ansi,dumb,rxvt,vt220';

/** Libraries for programs that somebody sits before. */
export const TERMINAL: readonly LibraryRow[] = [
  {
    name: 'ncurses',
    source: 'ncurses',
    licence: 'X11-distribute-modifications-variant',
    provides: {
      pkgConfig: ['ncursesw', 'ncurses', 'tinfo', 'tinfow', 'panelw', 'panel', 'menuw', 'menu', 'formw', 'form'],
      libs: [
        'formw', 'form', 'menuw', 'menu', 'panelw', 'panel',
        'ncursesw', 'ncurses', 'cursesw', 'curses', 'tinfow', 'tinfo', 'termcap',
      ],
      headers: [
        'curses.h', 'ncurses.h', 'term.h', 'termcap.h', 'unctrl.h', 'panel.h', 'menu.h', 'form.h', 'eti.h',
        'ncursesw/curses.h', 'ncursesw/ncurses.h', 'ncurses/curses.h', 'ncurses/ncurses.h',
      ],
      cmake: ['Curses'],
      crates: ['ncurses', 'ncursesw'],
    },
    needs: [],
    recipe: {
      kind: 'autotools',
      args: [
        '--with-build-cc={buildCc}',
        '--without-shared',
        '--with-normal',
        '--without-debug',
        '--without-ada',
        '--without-cxx',
        '--without-cxx-binding',
        '--without-progs',
        '--without-tests',
        '--without-manpages',
        '--enable-widec',
        '--enable-overwrite',
        '--enable-pc-files',
        '--with-pkg-config-libdir=/usr/lib/pkgconfig',
        '--with-default-terminfo-dir=/usr/share/terminfo',
        '--with-terminfo-dirs=/etc/terminfo:/lib/terminfo:/usr/share/terminfo',
        '--disable-db-install',
        '--disable-stripping',
        `--with-fallbacks=${FALLBACKS}`,
        '--with-tic-path={tool:tic}',
        '--with-infocmp-path={tool:infocmp}',
      ],
      headerFolders: ['ncursesw', 'ncurses'],
      aliases: [
        ['ncurses', 'ncursesw'], ['cursesw', 'ncursesw'], ['curses', 'ncursesw'], ['tinfow', 'ncursesw'],
        ['tinfo', 'ncursesw'], ['termcap', 'ncursesw'], ['panel', 'panelw'], ['menu', 'menuw'], ['form', 'formw'],
      ],
      modules: [
        { name: 'ncurses', libs: '', requires: 'ncursesw' },
        { name: 'tinfo', libs: '', requires: 'ncursesw' },
        { name: 'tinfow', libs: '', requires: 'ncursesw' },
        { name: 'panel', libs: '', requires: 'panelw' },
        { name: 'menu', libs: '', requires: 'menuw' },
        { name: 'form', libs: '', requires: 'formw' },
      ],
    },
    buildTools: [
      { program: 'tic', debianPackage: 'ncurses-bin' },
      { program: 'infocmp', debianPackage: 'ncurses-bin' },
    ],
  },
  {
    name: 'readline',
    source: 'readline',
    licence: 'GPL-3.0-or-later',
    provides: {
      pkgConfig: ['readline', 'history'],
      libs: ['readline', 'history'],
      headers: ['readline/readline.h', 'readline/history.h'],
      cmake: ['Readline'],
    },
    needs: ['ncurses'],
    recipe: {
      kind: 'autotools',
      args: ['--with-curses', '--disable-install-examples', 'bash_cv_termcap_lib=libtinfo'],
    },
  },
  {
    name: 'libedit',
    source: 'libedit',
    licence: 'BSD-3-Clause',
    provides: {
      pkgConfig: ['libedit'],
      libs: ['edit'],
      headers: ['histedit.h', 'editline/readline.h'],
      cmake: ['LibEdit'],
    },
    needs: ['ncurses', 'libmd', 'libbsd'],
    recipe: { kind: 'autotools', args: ['--disable-examples'] },
  },
]; // prettier-ignore
