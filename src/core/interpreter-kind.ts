/** The loaders' names of glibc's ports all begin with ld-linux, or are one of the old ld.so and ld64.so. */
const GLIBC_LOADER = /\/(ld-linux[^/]*|ld64\.so\.\d|ld\.so(\.1)?|ld-x86-64\.so\.1|ld-\d\.\d+\.so)$/;
/** musl's loader is its libc.so, under another name. */
const MUSL_LOADER = /\/(ld-musl-[^/]*|libc\.so)$/;

/** Whose loader is at a path (PT_INTERP, or where a link leads), by its name; null when nobody's that is known. */
export function interpreterKind(path: string): 'glibc' | 'musl' | null {
  if (MUSL_LOADER.test(path)) return 'musl';
  return GLIBC_LOADER.test(path) ? 'glibc' : null;
}
