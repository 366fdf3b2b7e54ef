import { type EngineName, ENGINES } from '../../core/choices.ts';
import { MorselError } from '../../core/errors.ts';
import { runCommand } from '../../core/run-command.ts';

export interface ChooseEngineOptions {
  /** Only this one will do; default: docker where its daemon answers, else podman. */
  readonly engine?: EngineName | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** An engine says its version at once; one that does not is stuck. */
const ANSWER_TIMEOUT_MS = 20_000;

/**
 * The first engine that answers: docker's command is there on many machines where no daemon is. Asked before a build whose
 * image is to be loaded. Errors: TOOLCHAIN_MISSING when none is installed, ENGINE_FAILED with what each that is said.
 */
export async function chooseEngine({ engine, signal }: ChooseEngineOptions = {}): Promise<EngineName> {
  const asked = engine === undefined ? ENGINES : [engine];
  const failures: string[] = [];
  for (const name of asked) {
    const failure = await askEngine(name, signal);
    if (failure === null) return name;
    if (failure !== NOT_INSTALLED) failures.push(`${name}: ${failure}`);
  }
  const none = engine === undefined ? 'neither docker nor podman is installed' : `${engine} is not installed`;
  const hint =
    'the image can be loaded later: build without --load, and give the archive to `docker load -i`';
  if (failures.length === 0)
    throw new MorselError('TOOLCHAIN_MISSING', none, { hint: `install it; ${hint}` });
  throw new MorselError('ENGINE_FAILED', `no engine answers: ${failures.join('; ')}`, {
    hint: `start the engine; ${hint}`,
  });
}

const NOT_INSTALLED = Symbol('not installed');

/** null: it answers. `version` asks docker's daemon too, and podman opens its store with `info`. */
async function askEngine(
  program: EngineName,
  signal: AbortSignal | undefined,
): Promise<string | typeof NOT_INSTALLED | null> {
  const args = [program === 'docker' ? 'version' : 'info'];
  try {
    const result = await runCommand(
      { program, args, purpose: `ask whether ${program} answers` },
      { signal, timeoutMs: ANSWER_TIMEOUT_MS },
    );
    if (result.exitCode === 0) return null;
    if (result.timedOut) return `no answer in ${ANSWER_TIMEOUT_MS / 1000} s`;
    return lastLine(result.stderr) ?? `exit ${result.exitCode ?? result.signal}`;
  } catch (error) {
    if (error instanceof MorselError && error.code === 'TOOLCHAIN_MISSING') return NOT_INSTALLED;
    throw error;
  }
}

/** docker says first what its client is. */
function lastLine(text: string): string | null {
  return text.trim().split('\n').at(-1)?.trim() || null;
}
