import { isDynamic, isStaticMusl, type NeedRow } from '../need-row.ts';

/** Libraries that no DT_NEEDED names. */
export const dlopenRows: readonly NeedRow[] = [
  {
    need: 'plugins',
    signatures: [
      {
        find: 'import',
        anyOf: ['dlopen', 'dlmopen', 'lt_dlopen', 'lt_dlopenext', 'g_module_open'],
        level: 'possible',
        inLibraries: 'no',
      },
      // dlopen is linked into every static glibc program, and cannot be told there.
      { find: 'string', anyOf: ['Dynamic loading not supported'], when: isStaticMusl, level: 'likely' },
    ],
    failure: ({ program }) =>
      isDynamic(program)
        ? 'cannot open shared object file: the plugin is not in the image'
        : 'Dynamic loading not supported: a static musl program cannot load libraries',
    fix: ({ program }) =>
      isDynamic(program)
        ? 'add the plugins that you use: --add FILE:FILE'
        : 'link dynamically and ship the closure with the plugins',
  },
  {
    need: 'libgcc_s',
    signatures: [
      {
        find: 'import',
        anyOf: ['pthread_exit', 'pthread_cancel', 'backtrace'],
        when: (facts) => facts.libc === 'glibc',
        level: 'likely',
      },
    ],
    failure: ({ hasSymbol }) =>
      hasSymbol('pthread_exit') || hasSymbol('pthread_cancel')
        ? 'libgcc_s.so.1 must be installed for pthread_exit to work (exit 134)'
        : 'backtrace() returns no frames',
    fix: 'libgcc_s.so.1 (125,312 bytes) beside the libraries',
    sizeBytes: 125_312,
    decide: (found, { loaded, program }) =>
      loaded.has('libgcc_s.so.1') || program.libc !== 'glibc' ? null : { level: found.level },
  },
];
