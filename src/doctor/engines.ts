import { type EngineName, ENGINES } from '../core/choices.ts';
import { MorselError } from '../core/errors.ts';
import { runCommand } from '../core/run-command.ts';

/** A place for `build --load`; a build and its proof need none. */
export interface EngineDiagnosis {
  /** Its name. */
  readonly engine: EngineName;
  /** Its command is here. */
  readonly installed: boolean;
  /** It takes images now: docker's daemon answered, podman opened its store. */
  readonly answers: boolean;
  /** Of what answered; null where nothing did. */
  readonly version: string | null;
  /** Why it does not answer, in its own words; null where it does, or is not here. */
  readonly reason: string | null;
}

const ANSWER_TIMEOUT_MS = 20_000;
const VERSION = /^[\w.+~-]{1,80}$/;
/** What only an engine that works can say. */
const QUESTION: Readonly<Record<EngineName, readonly string[]>> = {
  docker: ['version', '--format', '{{.Server.Version}}'],
  podman: ['info', '--format', '{{.Version.Version}}'],
};

/** Asks each. Error: INTERRUPTED. */
export async function diagnoseEngines(signal: AbortSignal | undefined): Promise<readonly EngineDiagnosis[]> {
  return Promise.all(ENGINES.map((engine) => diagnoseEngine(engine, signal)));
}

async function diagnoseEngine(engine: EngineName, signal: AbortSignal | undefined): Promise<EngineDiagnosis> {
  const command = { program: engine, args: QUESTION[engine], purpose: `ask whether ${engine} answers` };
  try {
    const result = await runCommand(command, { signal, timeoutMs: ANSWER_TIMEOUT_MS });
    const version = result.stdout.trim();
    if (result.exitCode === 0)
      return {
        engine,
        installed: true,
        answers: true,
        version: VERSION.test(version) ? version : null,
        reason: null,
      };
    const said =
      result.stderr.trim().split('\n').at(-1)?.trim() || `exit ${result.exitCode ?? result.signal}`;
    const reason = result.timedOut ? `no answer in ${ANSWER_TIMEOUT_MS / 1000} s` : said;
    return { engine, installed: true, answers: false, version: null, reason };
  } catch (error) {
    if (!(error instanceof MorselError) || error.code !== 'TOOLCHAIN_MISSING') throw error;
    return { engine, installed: false, answers: false, version: null, reason: null };
  }
}
