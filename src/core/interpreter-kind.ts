/** The loaders' names of glibc's ports all begin with ld-linux, or are one of the old ld.so and ld64.so. */
const GLIBC_LOADER = /\/(ld-linux[^/]*|ld64\.so\.\d|ld\.so(\.1)?|ld-x86-64\.so\.1|ld-\d\.\d+\.so)$/;
/** musl's loader is its libc.so, under another name. */
const MUSL_LOADER = /\/(ld-musl-[^/]*|libc\.so)$/;
/** bionic's (linker/Android.bp): /system/bin/linker64, /apex/com.android.runtime/bin/linker. */
const BIONIC_LOADER = /\/linker(_asan|_hwasan)?(64)?$/;
/** ld.so of uClibc and uClibc-ng: UCLIBC_LDSO. */
const UCLIBC_LOADER = /\/ld(64)?-uClibc[^/]*$/;

/** A C library that has a loader of its own. */
export type LoaderLibc = 'glibc' | 'musl' | 'bionic' | 'uclibc';

/** Whose loader is at a path (PT_INTERP, or where a link leads), by its name; null when nobody's that is known. */
export function interpreterKind(path: string): LoaderLibc | null {
  if (systemOfLoader(path) !== null) return null;
  if (MUSL_LOADER.test(path)) return 'musl';
  if (BIONIC_LOADER.test(path)) return 'bionic';
  if (UCLIBC_LOADER.test(path)) return 'uclibc';
  return GLIBC_LOADER.test(path) ? 'glibc' : null;
}

/** Loaders of systems whose programs Linux does not run, by their fixed places (rtld of each). */
const LOADERS_OF_SYSTEMS: readonly (readonly [loader: RegExp, system: string])[] = [
  [/^\/libexec\/ld-elf(32)?\.so\.\d$/, 'FreeBSD'],
  [/^(\/usr)?\/libexec\/ld\.elf_so$/, 'NetBSD'],
  [/^\/usr\/libexec\/ld\.so$/, 'OpenBSD'],
  [/^\/libexec\/ld-elf\.so\.2$|^\/usr\/libexec\/ld-elf\.so\.2$/, 'DragonFly BSD'],
  [/^(\/usr)?\/lib\/(amd64|64|sparcv9)\/ld\.so\.1$/, 'Solaris'],
  [/^\/(boot\/)?system\/runtime_loader(_x86)?$/, 'Haiku'],
];

/** `FreeBSD`, of PT_INTERP; null for a loader of Linux, and for one that is not known. */
export function systemOfLoader(path: string): string | null {
  return LOADERS_OF_SYSTEMS.find(([loader]) => loader.test(path))?.[1] ?? null;
}
