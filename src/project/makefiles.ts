/** In GNU make's own order. */
export const MAKEFILES = ['GNUmakefile', 'makefile', 'Makefile'] as const;
