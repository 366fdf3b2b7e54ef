import type { Check } from './check.ts';
import type { Examination } from './run-check.ts';
import type { RuntimeConfiguration } from './runtime-configuration.ts';

/**
 * What is run of an image: its checks, or its start where it has none. Of several programs each that no check starts is
 * started by itself: an image is not proven while one of its programs is not.
 * @param programs of the image, by their paths there; [] where nothing is known of more than what it starts.
 */
export function examinationsOf(
  checks: readonly Check[],
  programs: readonly string[],
  image: Pick<RuntimeConfiguration, 'entrypoint'>,
): readonly Examination[] {
  const given: readonly Examination[] =
    checks.length === 0 ? [OWN_START] : checks.map((check) => ({ kind: 'check', check }));
  if (programs.length < 2) return given;
  const [own] = image.entrypoint;
  const started = new Set(given.map((examination) => startedBy(examination) ?? own));
  const starts = programs
    .filter((path) => !started.has(path))
    .map((path) => (path === own ? OWN_START : ({ kind: 'start-only', program: path } as const)));
  return [...given, ...starts];
}

const OWN_START: Examination = { kind: 'start-only', program: null };

/** null: what the image itself starts. */
function startedBy(examination: Examination): string | null {
  if (examination.kind === 'start-only') return examination.program;
  const { check } = examination;
  return (check.kind === 'server' ? check.start : check.command)[0] ?? null;
}
