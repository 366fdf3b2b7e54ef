import { type Context, createContext, Script } from 'node:vm';

let context: Context | undefined;
const CALL = new Script('work()');

/**
 * Runs synchronous work for so many milliseconds at most, and then stops it wherever it is; null when it was stopped.
 * V8 is told by a thread of its own, so that not even a regular expression of JavaScript goes on.
 */
export function runFor<Value>(timeoutMs: number, work: () => Value): { readonly value: Value } | null {
  context ??= createContext({});
  context['work'] = work;
  try {
    return { value: CALL.runInContext(context, { timeout: Math.ceil(timeoutMs) }) as Value };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return null;
    throw error;
  } finally {
    context['work'] = undefined;
  }
}
