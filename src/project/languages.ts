import { GO } from './go.ts';
import type { ProjectLanguage } from './language.ts';
import { RUST } from './rust.ts';

/** What is looked for before the build systems of C: a project's Makefile mostly calls the language's own tool. */
export const LANGUAGES: readonly ProjectLanguage[] = [RUST, GO];
