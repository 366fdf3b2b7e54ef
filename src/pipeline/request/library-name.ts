/** A linker's own name of a library: `z`, `stdc++`, `:libz.a`. Never an option or a path. */
export const LIBRARY_NAME = /^:?[A-Za-z0-9_][A-Za-z0-9_.+-]{0,127}$/;
export const LIBRARY_NAME_WORDS = 'the name of a library as after -l, such as "z"';
