/** What the script takes from the sources. */
export { LIBRARY_ROWS, provideLibraries } from '../../src/libraries/index.ts';
export { findTools, toolchainsFor } from '../../src/toolchain/index.ts';
