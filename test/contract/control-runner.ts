import { readFileSync, writeFileSync } from 'node:fs';
import { machineRoot, type MachineRootOptions } from '../../src/control/index.ts';
import { chooseSandbox, type SandboxName } from '../../src/sandbox/index.ts';

/** A program of its own, as sandbox-runner is: makes this machine's root as some user, and runs programs in it. */
export interface ControlInput {
  readonly sandbox: SandboxName;
  readonly roots: Readonly<Record<string, PlannedControl>>;
  readonly outputPath: string;
}

export interface PlannedControl {
  readonly options: MachineRootOptions;
  readonly argv: readonly string[];
}

/** What each printed, and how it ended. */
export type ControlOutput = Readonly<Record<string, { readonly code: number | null; readonly text: string }>>;

const input = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as ControlInput;
const sandbox = await chooseSandbox({ prefer: input.sandbox });
const output: Record<string, { readonly code: number | null; readonly text: string }> = {};
for (const [name, planned] of Object.entries(input.roots)) output[name] = await perform(planned);
writeFileSync(input.outputPath, JSON.stringify(output));

async function perform({ options, argv }: PlannedControl): Promise<ControlOutput[string]> {
  const root = machineRoot(options);
  try {
    const { exitCode, stdout, stderr } = await sandbox.run({
      root: root.root,
      mounts: root.mounts,
      argv,
      env: { PATH: '/usr/bin:/bin' },
      cwd: '/',
      uid: options.user.uid,
      gid: options.user.gid,
      readOnlyRoot: true,
      network: 'none',
      timeoutMs: 60_000,
      outputLimitBytes: 1_000_000,
      stdio: { kind: 'capture' },
      limits: { processes: 100, memoryBytes: 1024 ** 3 },
    });
    return { code: exitCode, text: `${stdout.toString('utf8')}${stderr.toString('utf8')}` };
  } finally {
    root.remove();
  }
}
