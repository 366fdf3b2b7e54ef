export interface StopSignal {
  /** `SIGTERM`, `SIGRTMIN+3`; `37` where the image gives the number of one without a name of its own. */
  readonly name: string;
  readonly number: number;
}

/** signal(7): the C library keeps the first two real-time signals for itself. */
const RTMIN = 34;
const RTMAX = 64;
const RTMIN_STEPS = 15;
const RTMAX_STEPS = 14;

/** `SIGTERM`, `term`, `SIGRTMIN+3` or a number, as docker takes them (moby/sys signal.ParseSignal). null: it is none. */
export function parseStopSignal(text: string): StopSignal | null {
  if (/^[0-9]{1,2}$/.test(text)) return numbered(Number(text));
  const name = `SIG${text.toUpperCase().replace(/^SIG/, '')}`;
  const number = byName().get(name);
  return number === undefined ? null : { name, number };
}

function numbered(number: number): StopSignal | null {
  if (number < 1 || number > RTMAX) return null;
  const named = [...byName()].find(([, other]) => other === number);
  return { name: named?.[0] ?? String(number), number };
}

function byName(): ReadonlyMap<string, number> {
  // Loaded here: few images name a signal, and every build comes by this file.
  const { signals } = process.getBuiltinModule('node:os').constants;
  const names = new Map<string, number>(Object.entries(signals));
  names.set('SIGCLD', signals.SIGCHLD);
  names.set('SIGRTMIN', RTMIN).set('SIGRTMAX', RTMAX);
  for (let step = 1; step <= RTMIN_STEPS; step += 1) names.set(`SIGRTMIN+${step}`, RTMIN + step);
  for (let step = 1; step <= RTMAX_STEPS; step += 1) names.set(`SIGRTMAX-${step}`, RTMAX - step);
  return names;
}
