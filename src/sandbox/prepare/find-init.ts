import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * The host's pid of a container's PID 1, looked for below the process that started it: the one that is 1 in the
 * innermost of its pid namespaces, at the greatest depth (the runtime itself is PID 1 of a namespace around it).
 */
export function findInit(ancestor: number): number | null {
  // A list of children may lack one where another ends while it is read: what was not seen twice is looked for among all.
  const [first, second] = canTellChildren()
    ? [deepestInit(ancestor, childrenByThread), deepestInit(ancestor, childrenByThread)]
    : [null, null];
  if (first !== null && first === second) return first;
  return deepestInit(ancestor, childrenByParent());
}

function deepestInit(ancestor: number, childrenOf: (pid: number) => readonly number[]): number | null {
  let best: { readonly pid: number; readonly depth: number } | null = null;
  const pending = [...childrenOf(ancestor)];
  for (let pid = pending.pop(); pid !== undefined; pid = pending.pop()) {
    pending.push(...childrenOf(pid));
    const numbers = namespacePids(pid);
    if (numbers.length > 1 && numbers.at(-1) === 1 && numbers.length > (best?.depth ?? 0)) {
      best = { pid, depth: numbers.length };
    }
  }
  return best?.pid ?? null;
}

/** Every process below `ancestor` that is still there. */
export function isAlive(pid: number): boolean {
  try {
    // A zombie has ended: its parent has only not asked yet.
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** CONFIG_PROC_CHILDREN, which spares a look at each process of the machine. */
function canTellChildren(): boolean {
  return existsSync(`/proc/self/task/${process.pid}/children`);
}

/** proc_pid_children(5): of each thread, those that it has started. What ends meanwhile has none. */
function childrenByThread(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

function childrenByParent(): (pid: number) => readonly number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^[0-9]+$/.test(name)) continue;
    const parent = parentPid(name);
    if (parent === null) continue;
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  return (pid) => children.get(pid) ?? [];
}

/** Field 4 of /proc/PID/stat; the second is a name in parentheses that may hold anything. */
function parentPid(pid: string): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}

/** NSpid of /proc/PID/status: its number in each pid namespace, the outermost first. */
function namespacePids(pid: number): readonly number[] {
  try {
    const line = /^NSpid:\t(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';
    return line.split(/\s+/).map(Number);
  } catch {
    return [];
  }
}

/** Whether a process is in another user namespace than this one, so that joining it needs that one first. */
export function isInOtherUserNamespace(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/ns/user`) !== readlinkSync('/proc/self/ns/user');
  } catch {
    return true;
  }
}
