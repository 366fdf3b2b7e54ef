import { confirmed, OPEN, ruledOut } from '../lack.ts';
import { needFamily } from '../need-family.ts';
import { isDynamic, isStaticMusl } from '../program-kinds.ts';

const MUSL_TEXT = 'Dynamic loading not supported';

/** Libraries that the program opens by itself: no DT_NEEDED names them. */
export const plugins = needFamily({
  need: 'plugins',
  signatures: [
    {
      find: 'import',
      anyOf: ['dlopen', 'dlmopen', 'lt_dlopen', 'lt_dlopenext', 'g_module_open'],
      level: 'possible',
      inLibraries: 'no',
    },
    // dlopen is linked into every static glibc program, and cannot be told there.
    { find: 'string', anyOf: [MUSL_TEXT], when: isStaticMusl, level: 'likely' },
  ],
  failure: ({ program }) =>
    isDynamic(program)
      ? 'cannot open shared object file: the plugin is not in the image'
      : `${MUSL_TEXT}: a static musl program cannot load libraries`,
  fix: ({ program }) =>
    isDynamic(program)
      ? 'add the plugins that you use: --add FILE:FILE'
      : 'link dynamically and ship the closure with the plugins',
  forTheUser: true,
  causes: [
    {
      cause: 'static-dlopen',
      title: 'a static program called dlopen, which its C library cannot do there',
      check: ({ program }) => {
        if (program === null) return OPEN;
        return isDynamic(program)
          ? ruledOut('it is a dynamic program')
          : confirmed(`it is a static ${program.libc} program`);
      },
      fixes: [
        'build it dynamically, and ship loader, libraries and plugins with it: `morsel build PROGRAM`',
        'link in what it loads, where the program has a switch for that (no modules, no plugins)',
      ],
    },
  ],
  texts: [
    {
      name: 'musl: a static program cannot load libraries',
      match: new RegExp(MUSL_TEXT),
      causes: ['static-dlopen'],
      by: 'libc',
    },
  ],
});
