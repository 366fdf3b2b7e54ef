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
  texts: [
    {
      name: 'musl: a static program cannot load libraries',
      match: new RegExp(MUSL_TEXT),
      causes: ['missing-library'],
      by: 'libc',
    },
  ],
});
