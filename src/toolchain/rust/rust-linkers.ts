import type { Rung } from '../../core/choices.ts';
import { hostArchitecture } from '../../core/machines.ts';
import type { RustProject } from '../../project/project.ts';
import { crossCompilerHint } from '../c/cross-hint.ts';
import { type CToolchain, toolchainsFor } from '../c/c-toolchain.ts';
import type { Tools } from '../find/tools.ts';
import type { CompilePlan, PlanOptions, PlanOutcome } from '../plan.ts';
import type { RustChoice } from './choose-toolchain.ts';

/** What a plan is made from. */
export interface RustContext {
  readonly project: RustProject;
  readonly copySources: CompilePlan['copySources'];
  readonly rung: Rung;
  readonly tools: Tools;
  readonly options: PlanOptions;
  readonly triple: string;
  readonly choice: Exclude<RustChoice, { kind: 'none' }>;
  /** The standard library without panic messages. */
  readonly isTiny: boolean;
}

/**
 * `own`: the linker that the target or the user's configuration names. `c`: a C compiler; `forLinking` is false where
 * it only compiles the crates' C code, because the target brings start files and a linker of its own.
 */
export type Linker =
  | { readonly kind: 'own' }
  | { readonly kind: 'c'; readonly toolchain: CToolchain; readonly forLinking: boolean };

/** The best first; the others are fallbacks. */
export function linkersFor({ rung, tools, options, choice }: RustContext): readonly Linker[] {
  const { architecture } = options.platform;
  const isNative = architecture === (options.hostArchitecture ?? hostArchitecture());
  const own: Linker = { kind: 'own' };
  if (rung !== 'static-musl') {
    if (isNative) return [own];
    const cross = toolchainsFor({ language: 'c' }, rung, tools, architecture);
    return cross.map((toolchain) => ({ kind: 'c', toolchain, forLinking: true }));
  }
  const all = toolchainsFor({ language: 'c' }, 'static-musl', tools, architecture);
  const zig = all.filter(({ family }) => family === 'zig');
  const wrappers = all.filter(({ isWrapper }) => isWrapper);
  if (choice.kind === 'installed' && isNative) {
    const compilers = [...zig, ...wrappers].map((toolchain): Linker => ({
      kind: 'c',
      toolchain,
      forLinking: false,
    }));
    return compilers.length > 0 ? compilers : [own];
  }
  // zig first: its musl is newer, and it brings an unwinder made for it.
  const usable = tools.rust.unwinder === null ? zig : [...zig, ...wrappers];
  return usable.map((toolchain) => ({ kind: 'c', toolchain, forLinking: true }));
}

export function noLinker({ triple, tools, rung, options }: RustContext): PlanOutcome {
  const hasWrapper = tools.c.cCompilers.some(({ kind }) => kind === 'wrapper');
  const reason = `nothing here links programs for ${triple}`;
  if (rung !== 'static-musl') return unavailable(reason, crossCompilerHint(options.platform.architecture));
  if (options.platform.architecture !== (options.hostArchitecture ?? hostArchitecture()))
    return unavailable(reason, 'pip install ziglang: zig links for every machine');
  const hint = hasWrapper
    ? 'musl-gcc is here, but no unwinder for it: apt-get install libunwind-19-dev, or pip install ziglang'
    : 'pip install ziglang, or: apt-get install musl-tools libunwind-19-dev';
  return unavailable(reason, hint);
}

function unavailable(reason: string, hint: string): PlanOutcome {
  return { kind: 'unavailable', reason, hint };
}
