import type { Rung } from '../../core/choices.ts';
import { NO_SETTINGS } from '../../project/index.ts';
import { hostArchitecture } from '../../core/machines.ts';
import type { CProject } from '../../project/project.ts';
import type { CompilePlan, PlanOptions, PlanOutcome } from '../plan.ts';
import type { Tools } from '../find/tools.ts';
import { type CBuild, workLayout } from './c-build.ts';
import { type CToolchain, toolchainsFor } from './c-toolchain.ts';
import { crossCompilerHint } from './cross-hint.ts';
import { planAutotools } from './plan-autotools.ts';
import { planCmake } from './plan-cmake.ts';
import { planCommands } from './plan-commands.ts';
import { planMake } from './plan-make.ts';
import { planMeson } from './plan-meson.ts';
import { planSingle } from './plan-single.ts';

/**
 * How a C or C++ project is compiled for a rung with the tools that are here. The best toolchain is the plan, the
 * others are its fallbacks: musl-gcc first (its programs are the smallest), zig where that cannot build the project.
 * Pure.
 */
export function planC(project: CProject, rung: Rung, tools: Tools, options: PlanOptions): PlanOutcome {
  if (rung === 'static-go')
    return { kind: 'unavailable', reason: 'static-go is for Go programs', hint: 'ask for another rung' };
  const missing = missingBuildTool(project, tools);
  if (missing !== null) return missing;
  const all = toolchainsFor(project, rung, tools, options.platform.architecture);
  // Objects of one toolchain are not linked by another.
  const toolchains = options.allocator === undefined ? all : all.slice(0, 1);
  const plans = toolchains.map((toolchain, index) =>
    planWith(project, rung, toolchain, tools, separate(options, index)),
  );
  const plan = plans.reduceRight<CompilePlan | null>((fallback, own) => ({ ...own, fallback }), null);
  return plan === null ? noCompiler(project, rung, options) : { kind: 'plan', plan };
}

/** Each toolchain has a folder of its own, so that a fallback never meets the first one's objects. */
function separate(options: PlanOptions, index: number): PlanOptions {
  return index === 0 ? options : { ...options, workDirectory: `${options.workDirectory}-${index + 1}` };
}

function planWith(
  project: CProject,
  rung: Rung,
  toolchain: CToolchain,
  tools: Tools,
  options: PlanOptions,
): CompilePlan {
  const layout = workLayout(options.workDirectory);
  const copies = WRITES_BESIDE_SOURCES.has(project.buildSystem) || (options.prepare ?? []).length > 0;
  const build: CBuild = {
    project,
    rung,
    toolchain,
    tools,
    options,
    layout,
    settings: options.settings ?? NO_SETTINGS,
    sources: copies ? layout.sources : project.directory,
  };
  switch (project.buildSystem) {
    case 'single':
      return planSingle(build);
    case 'make':
      return planMake(build);
    case 'cmake':
      return planCmake(build);
    case 'meson':
      return planMeson(build);
    case 'autotools':
      return planAutotools(build);
    case 'commands':
      return planCommands(build);
  }
}

const WRITES_BESIDE_SOURCES: ReadonlySet<CProject['buildSystem']> = new Set([
  'make',
  'autotools',
  'commands',
]);

function missingBuildTool(project: CProject, { build }: Tools): PlanOutcome | null {
  const wanted: Readonly<Record<CProject['buildSystem'], readonly (readonly [string, unknown, string])[]>> = {
    single: [],
    commands: [],
    make: [['make', build.make, 'make']],
    cmake: [
      ['cmake', build.cmake, 'cmake'],
      ['make or ninja', build.ninja ?? build.make, 'ninja-build'],
    ],
    meson: [
      ['meson', build.meson, 'meson'],
      ['ninja', build.ninja, 'ninja-build'],
    ],
    autotools: [
      ['make', build.make, 'make'],
      ...(project.configure?.generated === false
        ? ([['autoreconf', build.autoreconf, 'autoconf automake libtool']] as const)
        : []),
    ],
  };
  const missing = wanted[project.buildSystem].find(([, tool]) => tool === null);
  if (missing === undefined) return null;
  const [name, , packages] = missing;
  return {
    kind: 'unavailable',
    reason: `${name} is not installed, which ${project.name} is built with`,
    hint: `on Debian: apt-get install ${packages}`,
  };
}

function noCompiler(project: CProject, rung: Rung, options: PlanOptions): PlanOutcome {
  const language = project.language === 'c' ? 'C' : 'C++';
  const foreign = options.platform.architecture;
  const isNative = foreign === (options.hostArchitecture ?? hostArchitecture());
  if (rung === 'static-musl') {
    return {
      kind: 'unavailable',
      reason: `no ${language} compiler for musl on ${foreign} is installed`,
      hint:
        project.language === 'c' && isNative
          ? 'on Debian: apt-get install musl-tools; or anywhere: pip install ziglang'
          : 'pip install ziglang brings zig cc and c++, with musl and libc++ for every machine',
    };
  }
  const what = rung === 'static-glibc' ? `${language} compiler with a static glibc` : `${language} compiler`;
  return {
    kind: 'unavailable',
    reason: `no ${what} for ${foreign} is installed`,
    hint: isNative
      ? `on Debian: apt-get install ${project.language === 'c' ? 'gcc' : 'g++'} libc6-dev`
      : crossCompilerHint(foreign, project.language),
  };
}
