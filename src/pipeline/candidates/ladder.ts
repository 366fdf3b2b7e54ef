import { MorselError } from '../../core/errors.ts';
import type { SourceProject } from '../../project/index.ts';
import type { Rung } from '../../core/choices.ts';
import type { ElfFacts } from '../../elf/index.ts';

/**
 * The rungs worth trying for a project, smallest first. Pure Go has no libc, so its static rung is
 * `static-go`; the libc rungs stay on its ladder for programs that turn out to need cgo. A ready binary has one rung:
 * morsel does not relink what it did not compile.
 */
export function ladderFor(project: SourceProject): readonly Rung[] {
  return project.kind === 'go'
    ? ['static-go', 'static-musl', 'static-glibc', 'closure']
    : ['static-musl', 'static-glibc', 'closure'];
}

/** Those for which somebody may ask: a program without C code has nothing to link with a C library. */
export function askableRungs(project: SourceProject): readonly Rung[] {
  const ladder = ladderFor(project);
  const isPureGo = project.kind === 'go' && !project.usesCgo;
  return isPureGo ? ladder.filter((rung) => rung === 'static-go' || rung === 'closure') : ladder;
}

/** Those of a ladder that were asked for (null: all), in the ladder's order. Error: USAGE where none is left. */
export function chooseRungs(ladder: readonly Rung[], asked: readonly Rung[] | null): readonly Rung[] {
  const chosen = asked === null ? ladder : ladder.filter((rung) => asked.includes(rung));
  if (chosen.length > 0) return chosen;
  throw new MorselError('USAGE', `${(asked ?? []).join(', ')} is not on the ladder of this program`, {
    hint: `ask for one of its own: ${ladder.map((rung) => `--rung ${rung}`).join(', ')}`,
  });
}

/** The rung on which a ready binary stands already. */
export function rungOfBinary(facts: ElfFacts): Rung {
  if (facts.link === 'dynamic' || facts.link === 'shared') return 'closure';
  if (facts.libc === 'go') return 'static-go';
  return facts.libc === 'glibc' ? 'static-glibc' : 'static-musl';
}

/** Why the rungs below that of a ready binary were not tried. */
export function rejectedForBinary(rung: Rung): readonly { readonly rung: Rung; readonly reason: string }[] {
  if (rung !== 'closure') return [];
  const reason =
    'the program was given as a dynamic binary, and morsel does not relink it; build from its sources for this rung';
  return [
    { rung: 'static-musl', reason },
    { rung: 'static-glibc', reason },
  ];
}
