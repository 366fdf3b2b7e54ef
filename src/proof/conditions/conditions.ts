import type { StopSignal } from '../../core/stop-signal.ts';
import type { Volume } from '../../sandbox/index.ts';
import type { Services } from '../services/services.ts';

/** What lies around a program while a check runs it, beside what every check has. */
export interface CheckConditions {
  /** null: nothing answers but the program itself. */
  readonly services: Services | null;
  /** It has a terminal, at which these are typed; null: it has none. */
  readonly typed: readonly string[] | null;
  /** It is told to end, and how it must; null: only a server is told, and need not. */
  readonly stop: ExpectedStop | null;
  readonly volumes: readonly Volume[];
  /** null: read-only first, and where that does not pass, writable. */
  readonly readOnly: boolean | null;
}

export interface ExpectedStop {
  readonly signal: StopSignal;
  readonly withinSeconds: number;
  /** As `docker run` gives it. */
  readonly exitCode: number;
}

export const NO_CONDITIONS: CheckConditions = {
  services: null,
  typed: null,
  stop: null,
  volumes: [],
  readOnly: null,
};

/** Of every terminal of a check: what programs take a terminal for that says nothing of its size. */
export const TERMINAL_SIZE = { columns: 80, rows: 24 } as const;
