import { join } from 'node:path';
import type { RustProject } from '../../project/project.ts';
import type { CompiledLanguage } from '../language.ts';
import { requireToolchain } from './accepted-toolchains.ts';
import { planRust } from './plan-rust.ts';

export const RUST: CompiledLanguage<RustProject> = {
  plan: planRust,
  complete: async (project, tools, { experimental = false }) => {
    await Promise.resolve();
    requireToolchain(project, tools, experimental);
    return project;
  },
  places: ({ workspaceRoot, settings: { cargoHome, targetDirectory } }) => ({
    reads: [workspaceRoot, ...(cargoHome === null ? [] : FETCHED.map((name) => join(cargoHome, name)))],
    writes: [targetDirectory],
    env: cargoHome === null ? {} : { CARGO_HOME: cargoHome },
  }),
};

/** Crates that are fetched, and the user's settings; not credentials.toml beside them. */
const FETCHED = ['registry', 'git', 'config', 'config.toml'];
