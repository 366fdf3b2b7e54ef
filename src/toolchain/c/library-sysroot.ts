/**
 * Libraries that were built for one compiler, its C library and its machine. A build with that compiler sees these and
 * no other library of the machine: two C libraries in one program crash.
 */
export interface LibrarySysroot {
  /** Absolute; has `usr/include`, `usr/lib` and `usr/lib/pkgconfig`, of the wanted libraries and what they need alone. */
  readonly path: string;
  /** Of each `-l` name that an archive here has, the `-l` names that it needs in turn, all the way down. */
  readonly closure: ReadonlyMap<string, readonly string[]>;
  readonly libraries: readonly BuiltLibrary[];
}

/** One library that a program may have inside, for evidence, annotations and the report. */
export interface BuiltLibrary {
  /** Its row in the table of libraries: `openssl`. */
  readonly name: string;
  /** The upstream's or the distribution's own: `3.0.20-1~deb12u1`. */
  readonly version: string;
  /** An SPDX expression. */
  readonly licence: string;
  /** Where its sources came from: `debian:openssl`, a URL, a path. */
  readonly source: string;
  /** Of all sources, in one: `sha256:…`. */
  readonly digest: string;
  /** The `-l` names of its archives. */
  readonly archives: readonly string[];
}
