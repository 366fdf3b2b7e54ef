export { type Companion, COMPANION_PATHS, type CompanionName } from './companion.ts';
export { compileCompanion, type CompileCompanionOptions } from './compile-companion.ts';
