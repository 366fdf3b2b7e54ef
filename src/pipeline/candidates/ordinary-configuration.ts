import { MorselError } from '../../core/errors.ts';
import { listNames } from '../../core/list-names.ts';
import {
  type CompilePlan,
  configurePlan,
  forgetBuild,
  type FoundPackages,
  lostPackages,
  readFoundPackages,
  type RunPlanOptions,
} from '../../toolchain/index.ts';

/** Of libraries, in a reason. */
const NAMED_LIMIT = 5;

/**
 * How a project is configured by its ordinary tools, with this machine's own C library: what a lower rung is held against.
 * It is asked at most once, in the closure's own folder, where that rung goes on from.
 */
export class OrdinaryConfiguration {
  readonly #plan: CompilePlan | null;
  readonly #options: RunPlanOptions;
  #asked: Promise<MorselError | null> | undefined;

  /** `plan`: the closure's; null where there is none. */
  constructor(plan: CompilePlan | null, options: RunPlanOptions) {
    this.#plan = plan?.configuration == null ? null : plan;
    this.#options = options;
  }

  /** How it fails; null where it succeeds, and where there is none. Error: INTERRUPTED and others that are no answer. */
  failure(): Promise<MorselError | null> {
    return (this.#asked ??= this.#configure());
  }

  /** What it finds of libraries and packages; null where it fails, or does not tell. Error: INTERRUPTED and others. */
  async found(): Promise<FoundPackages | null> {
    return (await this.failure()) === null ? this.#found() : null;
  }

  /**
   * Error: COMPILE_FAILED where a compiled plan lacks libraries that the ordinary configuration finds. `askedInVain`: those
   * that it asked for and that are here; for plans whose configuration does not tell.
   */
  async refuseFewer(plan: CompilePlan, askedInVain: () => Promise<readonly string[]>): Promise<void> {
    if (plan.rung === 'closure') return;
    const own = plan.configuration === null ? null : readFoundPackages(plan.configuration);
    // Makefiles and scripts of their own leave no record but what their compiler and pkg-config were asked.
    const lost = own === null ? await askedInVain() : await this.#lost(own);
    if (lost.length === 0) return;
    // It may be here next time.
    forgetBuild(plan);
    throw new MorselError(
      'COMPILE_FAILED',
      `without ${listNames(lost, NAMED_LIMIT)}, which the ordinary configuration of this machine finds and uses`,
      {
        hint: `to have it with fewer features all the same, pass --allow-fewer-features; or bring ${lost.length === 1 ? 'the static library' : 'the static libraries'} for this C library`,
        details: { lost },
      },
    );
  }

  async #lost(own: FoundPackages): Promise<readonly string[]> {
    if (!own.lacks) return [];
    const ordinary = await this.found();
    return ordinary === null ? [] : lostPackages(ordinary, own);
  }

  #found(): FoundPackages | null {
    const configuration = this.#plan?.configuration ?? null;
    return configuration === null ? null : readFoundPackages(configuration);
  }

  async #configure(): Promise<MorselError | null> {
    if (this.#plan === null) return null;
    try {
      await configurePlan(this.#plan, this.#options);
      return null;
    } catch (error) {
      if (error instanceof MorselError && error.code === 'COMPILE_FAILED') return error;
      throw error;
    }
  }
}
