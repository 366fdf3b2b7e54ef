import type * as v from 'valibot';
import { parseStopSignal } from '../../core/stop-signal.ts';
import type { Problem } from '../../json/index.ts';
import { DNS_PORT } from '../services/services.ts';
import type { CheckConditions, ExpectedStop } from './conditions.ts';
import { type conditionFields, DEFAULT_STOP } from './conditions-schema.ts';

/** What of a check's fields says how it is run. */
export type ConditionInput = v.InferOutput<v.StrictObjectSchema<typeof conditionFields, undefined>> & {
  readonly stdin?: string | undefined;
  readonly exitCode?: number | undefined;
};

/** Everybody may write there, and take away only what is his. */
const TMPFS_MODE = 0o1777;
const FOLDER_MODE = 0o755;

/** @param asked the port of this machine's loopback that the check itself asks; null: none. */
export function parseConditions(input: ConditionInput, asked: number | null): CheckConditions | Problem {
  const problem = contradiction(input, asked);
  if (problem !== null) return problem;
  const { services = null, tty, input: typed = [], volumes, tmpfs, readOnly = null } = input;
  return {
    services,
    typed: tty ? typed : null,
    stop: expectedStop(input),
    volumes: [
      ...Object.entries(volumes).map(([target, volume]) => ({ target, ...volume, mode: FOLDER_MODE })),
      ...tmpfs.map((target) => ({ target, files: {}, readOnly: false, mode: TMPFS_MODE })),
    ],
    readOnly,
  };
}

function contradiction(input: ConditionInput, asked: number | null): Problem | null {
  const { tty, input: typed, stdin, signal, withinSeconds, services, volumes, tmpfs } = input;
  if (tty && stdin !== undefined)
    return { path: ['stdin'], message: 'has no effect with tty: what is typed is `input`' };
  if (!tty && typed !== undefined)
    return { path: ['input'], message: 'has no effect without tty: what a program reads is `stdin`' };
  if (signal === undefined && withinSeconds !== undefined)
    return { path: ['withinSeconds'], message: 'has no effect without signal' };
  const twice = tmpfs.findIndex((path, index) => path in volumes || tmpfs.indexOf(path) !== index);
  if (twice >= 0) return { path: ['tmpfs', twice], message: 'is there already' };
  // A check that asks what it has put there itself would always pass.
  if (services !== undefined && asked === services.tls?.port)
    return {
      path: ['services', 'tls'],
      message: `has the port ${asked} that the check asks the program for`,
    };
  if (services !== undefined && asked === DNS_PORT)
    return {
      path: ['services'],
      message: `has a name server on port ${DNS_PORT}, which the check asks the program for`,
    };
  return null;
}

function expectedStop({ signal, withinSeconds, exitCode }: ConditionInput): ExpectedStop | null {
  const parsed = signal === undefined ? null : parseStopSignal(signal);
  if (parsed === null) return null;
  return {
    signal: parsed,
    withinSeconds: withinSeconds ?? DEFAULT_STOP.withinSeconds,
    exitCode: exitCode ?? DEFAULT_STOP.exitCode,
  };
}
