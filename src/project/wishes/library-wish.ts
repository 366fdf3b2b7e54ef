/** What a project asks for, in its own words: `libssl`, `ssl`, `openssl/ssl.h`, `OpenSSL`, `openssl-sys`. */
export interface LibraryWish {
  readonly kind: 'pkg-config' | 'link' | 'header' | 'cmake' | 'crate';
  readonly name: string;
}

/** A wish, and where it stands. */
export interface WrittenWish extends LibraryWish {
  /** `configure.ac:12`, from the project's folder on. */
  readonly where: string;
}

const NAME = /^[A-Za-z0-9_][\w.+/-]{0,120}$/;

/** Anything else is a variable, or no name at all. */
export function isLibraryName(name: string): boolean {
  return NAME.test(name) && !name.includes('..');
}
