import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runTool, runToolOk, type ToolResult } from './run-tool.ts';

/**
 * Real engines for the end-to-end tests: a Docker engine of our own with no network, and podman with storage of its own.
 * Each keeps everything below the directory that it is given, and leaves no process or mount behind.
 */
export interface Engine {
  readonly name: string;
  /** Loads an archive; answers the text that the engine printed. */
  load(archive: string): Promise<string>;
  /** Runs with `--network none`, as `docker run` does. */
  run(image: string, args: readonly string[], options?: EngineRunOptions): Promise<ToolResult>;
  imageIds(): Promise<string>;
  stop(): Promise<void>;
}

export interface EngineRunOptions {
  readonly flags?: readonly string[];
  readonly stdin?: string | undefined;
}

const DOCKERD_START_MS = 60_000;
const DOCKERD_STOP_MS = 30_000;

/**
 * dockerd and runc want cgroup controllers, and crun no hybrid hierarchy. A fresh machine may have none mounted: then the
 * v1 controllers are, in the mount namespace that the engine has for itself.
 */
const CGROUP_V1 = `
  while grep -q " /sys/fs/cgroup" /proc/mounts; do umount -R /sys/fs/cgroup 2>/dev/null || umount -l /sys/fs/cgroup; done
  mount -t tmpfs -o mode=755 cgroup /sys/fs/cgroup
  for c in cpu cpuacct cpuset memory devices freezer blkio pids; do
    mkdir -p /sys/fs/cgroup/$c && mount -t cgroup -o $c cgroup /sys/fs/cgroup/$c || rmdir /sys/fs/cgroup/$c
  done`;

const UNSHARE_MOUNTS = ['-m', '--propagation', 'private'];

/** Starts dockerd under `directory`. Root. Its own mount and pid namespaces end everything that it started with it. */
export async function startDocker(directory: string): Promise<Engine> {
  mkdirSync(directory, { recursive: true });
  const socket = join(directory, 'docker.sock');
  const log = join(directory, 'log');
  const script = `grep -q " /sys/fs/cgroup" /proc/mounts || { ${CGROUP_V1}\n}\nexec "$@"`;
  const dockerd = ['dockerd', '--iptables=false', '--ip-masq=false', '--bridge=none'];
  const folders = ['--data-root', join(directory, 'data'), '--exec-root', join(directory, 'exec')];
  const files = ['-p', join(directory, 'pid'), '-H', `unix://${socket}`];
  const logFile = openSync(log, 'w');
  const child = spawn(
    'unshare',
    [
      ...UNSHARE_MOUNTS,
      '-p',
      '--fork',
      '--kill-child',
      '--mount-proc',
      'bash',
      '-c',
      script,
      '--',
      ...dockerd,
      ...folders,
      ...files,
    ],
    { stdio: ['ignore', logFile, logFile], detached: true },
  );
  closeSync(logFile);
  const env = { ...process.env, DOCKER_HOST: `unix://${socket}`, DOCKER_CONFIG: join(directory, 'config') };
  const stop = async (): Promise<void> => {
    await endProcess(child);
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await waitForDocker(env, child, log);
  } catch (error) {
    await stop();
    throw error;
  }
  return dockerEngine(env, stop);
}

function dockerEngine(env: Record<string, string | undefined>, stop: () => Promise<void>): Engine {
  return {
    name: 'docker',
    load: (archive) => runToolOk('docker', ['load', '-i', archive], { env }),
    run: (image, args, options = {}) => {
      const flags = ['--rm', '-i', '--network', 'none', '--pull', 'never', ...(options.flags ?? [])];
      return runTool('docker', ['run', ...flags, image, ...args], { env, stdin: options.stdin });
    },
    imageIds: () =>
      runToolOk('docker', ['images', '--no-trunc', '--format', '{{.ID}} {{.Repository}}:{{.Tag}}'], { env }),
    stop,
  };
}

async function waitForDocker(
  env: Record<string, string | undefined>,
  child: ChildProcess,
  log: string,
): Promise<void> {
  const deadline = Date.now() + DOCKERD_START_MS;
  while (Date.now() < deadline && child.exitCode === null) {
    if ((await runTool('docker', ['version'], { env })).exitCode === 0) return;
    await sleep(200);
  }
  throw new Error(`dockerd did not start:\n${readFileSync(log, 'utf8').split('\n').slice(-12).join('\n')}`);
}

/** Asks unshare's child to stop, then kills; `--kill-child` and the pid namespace take the rest along. */
async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  // The daemon is the only child of unshare; unshare itself ignores what it is not asked to forward.
  const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ');
  for (const pid of children.filter((one) => one !== '')) process.kill(Number(pid), 'SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), DOCKERD_STOP_MS);
  await ended;
  clearTimeout(timer);
}

interface PodmanWay {
  readonly wrapper: readonly string[];
  readonly global: readonly string[];
  readonly run: readonly string[];
}

const WITH_CGROUP_V1 = ['unshare', ...UNSHARE_MOUNTS, 'bash', '-c', `${CGROUP_V1}\nexec "$@"`, '--'];

/** What podman needs depends on the machine's cgroups (v2, hybrid, none): each way is tried, none is guessed. */
const PODMAN_WAYS: readonly PodmanWay[] = [
  { wrapper: [], global: [], run: [] },
  { wrapper: [], global: [], run: ['--cgroups=disabled'] },
  { wrapper: [], global: ['--runtime', 'runc'], run: [] },
  { wrapper: WITH_CGROUP_V1, global: [], run: [] },
];

/**
 * crun may not raise limits without CAP_SYS_RESOURCE, and podman's defaults would. The kernel counts the processes of a user
 * on the whole machine, and tests beside this one fork without end as 65532: up to 1024, which left this one none.
 */
const PODMAN_LIMITS = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=16384:16384'];

/** Podman under `directory`, in the first way that runs a program which morsel has not made. Root. */
export async function startPodman(directory: string): Promise<Engine> {
  mkdirSync(directory, { recursive: true });
  await makeProbeRoot(directory);
  const failures: string[] = [];
  for (const way of PODMAN_WAYS) {
    const engine = podmanEngine(directory, way);
    await engine.importProbe(join(directory, 'probe.tar'));
    const result = await engine.run('localhost/morsel-probe', []);
    if (result.exitCode === 42) return engine;
    failures.push(
      `${[...way.global, ...way.run].join(' ') || 'plain'}: ${result.exitCode} ${result.stderr.trim()}`,
    );
  }
  rmSync(directory, { recursive: true, force: true });
  throw new Error(`podman runs nothing here:\n${failures.join('\n')}`);
}

async function makeProbeRoot(directory: string): Promise<void> {
  writeFileSync(join(directory, 'probe.c'), 'int main(void) { return 42; }\n');
  const probe = join(directory, 'probe');
  await runToolOk('gcc', ['-static', '-o', probe, join(directory, 'probe.c')]);
  await runToolOk('tar', ['-C', directory, '-cf', join(directory, 'probe.tar'), 'probe']);
}

function podmanEngine(directory: string, way: PodmanWay) {
  const storage = [
    '--root',
    join(directory, 'storage'),
    '--runroot',
    join(directory, 'run'),
    '--tmpdir',
    join(directory, 'tmp'),
  ];
  const global = [
    ...storage,
    '--storage-driver',
    'vfs',
    '--cgroup-manager',
    'cgroupfs',
    '--events-backend',
    'none',
  ];
  const podman = (args: readonly string[], stdin?: string): Promise<ToolResult> => {
    const [program, ...before] = [...way.wrapper, 'podman'];
    return runTool(program as string, [...before, ...global, ...way.global, ...args], { stdin });
  };
  const podmanOk = async (args: readonly string[]): Promise<string> => {
    const result = await podman(args);
    if (result.exitCode !== 0) throw new Error(`podman ${args.join(' ')}: ${result.stderr}`);
    return `${result.stdout}${result.stderr}`;
  };
  return {
    name: 'podman',
    importProbe: (tar: string) =>
      podmanOk(['import', '--change', 'ENTRYPOINT ["/probe"]', tar, 'localhost/morsel-probe']),
    load: (archive: string) => podmanOk(['load', '-i', archive]),
    run: (image: string, args: readonly string[], options: EngineRunOptions = {}) => {
      const flags = [
        '--rm',
        '-i',
        '--network',
        'none',
        '--pull',
        'never',
        ...PODMAN_LIMITS,
        ...way.run,
        ...(options.flags ?? []),
      ];
      return podman(['run', ...flags, image, ...args], options.stdin);
    },
    imageIds: () => podmanOk(['images', '--no-trunc', '--format', '{{.Id}} {{.Repository}}:{{.Tag}}']),
    stop: async () => {
      await podman(['rm', '-a', '-f']);
      await podman(['rmi', '-a', '-f']);
      if (existsSync(directory)) rmSync(directory, { recursive: true, force: true });
    },
  };
}
