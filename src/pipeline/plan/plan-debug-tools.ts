import { MorselError } from '../../core/errors.ts';
import { findTool } from '../../core/find-tool.ts';
import { runCommand } from '../../core/run-command.ts';
import type { ElfFacts } from '../../elf/index.ts';
import { directoryTree, entryFromTree, type LayerEntry, type LayerSymlink } from '../../rootfs/index.ts';
import { type Program, SCRATCH } from '../candidates/candidate.ts';
import { readFacts } from '../candidates/read-facts.ts';
import type { BuildRequest } from '../request/build-request.ts';
import type { DebugTwinRequest } from '../request/debug-twin.ts';
import type { ImagePlan } from './image-plan.ts';
import { planRoot } from './plan-root.ts';
import { readMaterial } from './read-material.ts';

/** Where distroless' debug images have it, so that the lines that people know work. */
export const BUSYBOX_DIRECTORY = '/busybox';
const BUSYBOX = `${BUSYBOX_DIRECTORY}/busybox`;

/**
 * The layer of a debug twin: a static busybox with a link for each of its programs, and the tools that were asked for with
 * what they load, all from this machine. What the image has already is left as it is. Errors: TOOLCHAIN_MISSING for what is
 * not here; USAGE; those of planning a program's image.
 */
export async function planDebugTools(
  request: BuildRequest,
  plan: ImagePlan,
  { tools }: DebugTwinRequest,
): Promise<readonly LayerEntry[]> {
  const entries = [...(await busyboxEntries(request, plan)), ...(await toolEntries(request, plan, tools))];
  const taken = new Set(plan.entries.map(({ path }) => path));
  return entries.filter(({ path }) => !taken.has(path));
}

async function busyboxEntries(request: BuildRequest, plan: ImagePlan): Promise<readonly LayerEntry[]> {
  const path = findTool('busybox');
  const facts = path === null ? null : readFacts(path);
  if (path === null || facts === null || facts.interpreter !== null || !isFor(facts, plan))
    throw new MorselError(
      'TOOLCHAIN_MISSING',
      `a debug twin needs a static busybox for ${plan.platform.architecture}, and ${path ?? 'PATH'} ${path === null ? 'has none' : 'is none'}`,
      { hint: 'on Debian: apt-get install busybox-static' },
    );
  const clash = plan.entries.find((entry) => entry.path === BUSYBOX_DIRECTORY);
  if (clash !== undefined)
    throw new MorselError('USAGE', `${BUSYBOX_DIRECTORY} of the image is where a debug twin has its tools`, {
      hint: 'give the program another place, such as --path /usr/bin/app',
    });
  const reason = '--debug-twin';
  const link = (name: string): LayerSymlink => {
    return { kind: 'symlink', path: `${BUSYBOX_DIRECTORY}/${name}`, target: BUSYBOX, reason };
  };
  const program = entryFromTree(directoryTree('/'), path, BUSYBOX, { reason, mode: 0o755 });
  return [program, ...(await appletsOf(path, request.signal)).map(link)];
}

const LIST_TIMEOUT_MS = 10_000;

/** What it can be called by; it says so itself. */
async function appletsOf(busybox: string, signal: AbortSignal | undefined): Promise<readonly string[]> {
  const { stdout } = await runCommand(
    { program: busybox, args: ['--list'], cwd: '/', purpose: 'ask busybox for its programs' },
    { signal, timeoutMs: LIST_TIMEOUT_MS },
  );
  const names = stdout.split('\n').filter((name) => /^[\w.+[-]{1,64}$/.test(name) && name !== 'busybox');
  return [...new Set(names)].sort();
}

const isFor = ({ machine }: ElfFacts, { programs }: ImagePlan): boolean =>
  machine === readFacts(programs[0].source).machine;

/** As if they were programs of an image of their own, without what was asked of this one. */
async function toolEntries(
  request: BuildRequest,
  plan: ImagePlan,
  tools: readonly string[],
): Promise<readonly LayerEntry[]> {
  const programs = tools.map((name) => toolProgram(name, plan));
  const [first, ...others] = programs;
  if (first === undefined) return [];
  const plain: BuildRequest = {
    ...request,
    add: [],
    programPath: null,
    timeZone: null,
    run: { ...request.run, workdir: null, volumes: [], init: false, health: null },
  };
  const material = await readMaterial(plain, [first, ...others], SCRATCH, directoryTree('/'));
  const { entries } = planRoot(plain, material, SCRATCH);
  return entries.map((entry) => ({ ...entry, reason: `--debug-tools: ${entry.reason}` }));
}

function toolProgram(name: string, plan: ImagePlan): Program {
  const path = name.startsWith('/') ? name : findTool(name);
  if (path === null)
    throw new MorselError('TOOLCHAIN_MISSING', `--debug-tools: this machine has no ${name}`, {
      hint: `install it, as in: apt-get install ${name}`,
    });
  const facts = readFacts(path);
  if (isFor(facts, plan)) return { path, linkedPath: path, facts, toolchain: null };
  throw new MorselError('USAGE', `--debug-tools: ${path} is for ${facts.machine}, and the image is not`, {
    hint: 'leave it out: tools are taken from this machine',
  });
}
