import type { MorselEvent } from './events.ts';

/** Something worth knowing that is no reason to fail: a silent need, a musl cost, a writable root, a weak sandbox. */
export interface Finding {
  /** How much it matters. */
  readonly level: 'info' | 'warning';
  /** What was found: one sentence. */
  readonly message: string;
  /** What to do about it; null when nothing need be done. */
  readonly hint: string | null;
}

export function findingEvent({ level, message, hint }: Finding): MorselEvent {
  return { kind: 'finding', level, message, hint: hint ?? undefined };
}

/** Each message once, where it came first. */
export function withoutRepetition(findings: readonly Finding[]): readonly Finding[] {
  const said = new Set<string>();
  return findings.filter(({ message }) => !said.has(message) && said.add(message));
}
