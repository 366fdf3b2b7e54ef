import type { MorselEvent } from './events.ts';

/** Something worth knowing that is no reason to fail: a silent need, a musl cost, a writable root, a weak sandbox. */
export interface Finding {
  readonly level: 'info' | 'warning';
  readonly message: string;
  readonly hint: string | null;
}

export function findingEvent({ level, message, hint }: Finding): MorselEvent {
  return { kind: 'finding', level, message, hint: hint ?? undefined };
}
