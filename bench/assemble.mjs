/**
 * Assembling: a ready binary in, an image out, beside docker build (legacy and BuildKit), buildah, podman, umoci and
 * `tar | gzip -6`, in shuffled rounds of one run. Ratios hold on another machine, absolutes do not.
 *
 *   node bench/assemble.mjs [--rounds N] [--sizes small,random,code] [--memory] [--command 'morsel build {in} --no-prove -o {out}']
 *
 * Without --command it measures writeImage itself in a Node process (test/write-image-runner.ts). Peers that are not
 * here, or do not run, are left out and said. Root for docker, buildah and podman.
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildSync } from 'esbuild';
import { ROOT } from '../scripts/run.mjs';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    sizes: { type: 'string', default: 'small,random,code' },
    command: { type: 'string' },
    memory: { type: 'boolean', default: false },
  },
});
const rounds = Number(options.rounds);
const work = mkdtempSync(join(tmpdir(), 'morsel-bench-'));
const env = { ...process.env, NODE_EXTRA_CA_CERTS: undefined, DOCKER_HOST: `unix://${work}/docker.sock` };
const runner = join(work, 'runner.cjs');

/** @param {string} command a line for sh; what it prints goes nowhere */
const sh = (command) => spawnSync('sh', ['-c', command], { env, stdio: 'ignore' }).status;
/** @param {string} name */
const has = (name) => sh(`command -v ${name}`) === 0;

/** @param {string} file @param {number} megabytes */
function writeRandom(file, megabytes) {
  const fd = openSync(file, 'w');
  for (let index = 0; index < megabytes; index += 1) writeSync(fd, randomBytes(1e6));
  closeSync(fd);
}

/** @param {string} name @returns {string} the input's path */
function makeInput(name) {
  const folder = join(work, name);
  mkdirSync(folder);
  const file = join(folder, 'program');
  if (name === 'small') {
    writeFileSync(
      join(work, 'small.c'),
      '#include <unistd.h>\nint main(void) { write(1, "Hello, world!\\n", 14); return 0; }\n',
    );
    const compiler = has('musl-gcc') ? 'musl-gcc' : 'gcc';
    sh(
      `${compiler} -Os -static -s -Wl,-z,noseparate-code -Wl,--gc-sections -Wl,--build-id=none -o ${file} ${work}/small.c`,
    );
  } else if (name === 'random') writeRandom(file, 100);
  else copyFileSync(process.execPath, file);
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY program /program\nENTRYPOINT ["/program"]\n');
  return file;
}

/** @param {string} input @returns {{ name: string, command: string, clean?: string }[]} */
function peers(input) {
  const folder = join(input, '..');
  const out = join(work, 'out');
  const own = options.command ?? `${process.execPath} ${runner} {in} {out}`;
  const list = [
    {
      name: 'morsel',
      command: own.replaceAll('{in}', input).replaceAll('{out}', `${out}.tar`),
      clean: `rm -f ${out}.tar`,
    },
    { name: 'node -e 0', command: `${process.execPath} -e 0` },
    { name: 'tar | gzip -6', command: `tar -C ${folder} -cf - program | gzip -6 > ${out}.gz` },
  ];
  if (statSync(input).size < 1e6) {
    list.push({
      name: 'node, the least (node-floor.cjs)',
      command: `${process.execPath} ${join(ROOT, 'bench/node-floor.cjs')} ${input} ${out}.floor`,
    });
  }
  if (options.command === undefined) {
    list.push({
      name: 'morsel, stored',
      command: `${process.execPath} ${runner} ${input} ${out}.tar none`,
      clean: `rm -f ${out}.tar`,
    });
  }
  if (has('pigz'))
    list.push({ name: 'tar | pigz -6', command: `tar -C ${folder} -cf - program | pigz -6 > ${out}.gz` });
  return [...list, ...engines(input, folder, out)];
}

/** @param {string} input @param {string} folder that holds it and its Dockerfile @param {string} out */
function engines(input, folder, out) {
  const storage = `--root ${work}/storage --runroot ${work}/storage-run --storage-driver overlay`;
  /** @type {{ name: string, command: string, clean?: string }[]} */
  const list = [];
  if (sh('/usr/bin/docker version') === 0) {
    const clean = '/usr/bin/docker rmi -f bench:1; /usr/bin/docker builder prune -af';
    list.push({
      name: 'docker build',
      command: `DOCKER_BUILDKIT=0 /usr/bin/docker build --no-cache -qt bench:1 ${folder}`,
      clean,
    });
    list.push({
      name: 'docker build (BuildKit)',
      command: `DOCKER_BUILDKIT=1 /usr/bin/docker build --no-cache -qt bench:1 ${folder}`,
      clean,
    });
  }
  if (has('buildah')) {
    const b = `buildah ${storage}`;
    list.push({
      name: 'buildah (4 steps, gzip)',
      command: `c=$(${b} from scratch) && ${b} copy -q $c ${input} /program && ${b} config --entrypoint '["/program"]' $c && ${b} commit -q --disable-compression=false --rm $c oci:${out}-b:x`,
      clean: `rm -rf ${out}-b`,
    });
  }
  if (has('podman')) {
    list.push({
      name: 'podman build',
      command: `podman ${storage} build -q --no-cache -t bench ${folder}`,
      clean: `podman ${storage} rmi -af`,
    });
  }
  if (has('umoci')) {
    list.push({
      name: 'umoci (init, new, insert, config)',
      command: `umoci init --layout ${out}-u && umoci new --image ${out}-u:x && umoci insert --image ${out}-u:x ${input} /program && umoci config --image ${out}-u:x --config.entrypoint /program`,
      clean: `rm -rf ${out}-u`,
    });
  }
  return list;
}

/** @param {string} command @returns {{ wallMs: number, cpuMs: number, peakMiB: number } | null} */
function measure(command) {
  const file = join(work, 'time');
  const started = process.hrtime.bigint();
  const { status } = spawnSync('/usr/bin/time', ['-o', file, '-f', '%U %S %M', 'sh', '-c', command], {
    env,
    stdio: 'ignore',
  });
  const wallMs = Number(process.hrtime.bigint() - started) / 1e6;
  if (status !== 0) return null;
  const [user = 0, system = 0, peakKiB = 0] = readFileSync(file, 'utf8')
    .trim()
    .split(/\s+/)
    .slice(-3)
    .map(Number);
  return { wallMs, cpuMs: (user + system) * 1000, peakMiB: peakKiB / 1024 };
}

/** @param {number[]} values */
const median = (values) =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? Number.NaN;
/** @template T @param {readonly T[]} list */
const shuffled = (list) =>
  list
    .map((value) => ({ value, key: Math.random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value);

/** @param {string} name */
function runTable(name) {
  const input = makeInput(name);
  const list = peers(input);
  /** @type {Map<string, { wallMs: number, cpuMs: number, peakMiB: number }[]>} */
  const results = new Map();
  for (let round = -1; round < rounds; round += 1) {
    for (const peer of shuffled(list)) {
      if (peer.clean !== undefined) sh(peer.clean);
      const result = measure(peer.command);
      // Round -1 warms the page cache for all.
      if (round >= 0 && result !== null) results.set(peer.name, [...(results.get(peer.name) ?? []), result]);
    }
  }
  const own = median((results.get('morsel') ?? []).map(({ wallMs }) => wallMs));
  process.stdout.write(`\n### ${name}: ${statSync(input).size} bytes, ${rounds} rounds, medians\n\n`);
  process.stdout.write(
    '| way | wall ms | CPU ms (client) | peak MiB (client) | morsel / it |\n|---|---|---|---|---|\n',
  );
  for (const { name: way } of list) {
    const runs = results.get(way);
    if (runs === undefined) process.stdout.write(`| ${way} | failed here | | | |\n`);
    else {
      const wall = median(runs.map(({ wallMs }) => wallMs));
      const cells = [
        wall.toFixed(0),
        median(runs.map(({ cpuMs }) => cpuMs)).toFixed(0),
        median(runs.map(({ peakMiB }) => peakMiB)).toFixed(0),
      ];
      process.stdout.write(`| ${way} | ${cells.join(' | ')} | ${(own / wall).toFixed(2)} |\n`);
    }
  }
}

/** Peak memory of morsel alone at 100 MB and 1 GB, of bytes that compress and bytes that do not. */
function runMemory() {
  process.stdout.write('\n### peak memory of morsel\n\n| input | peak MiB | wall ms |\n|---|---|---|\n');
  const command = options.command ?? `${process.execPath} ${runner} {in} {out}`;
  for (const [name, make] of /** @type {const} */ ([
    ['100 MB random', (/** @type {string} */ f) => writeRandom(f, 100)],
    ['1 GB random', (/** @type {string} */ f) => writeRandom(f, 1000)],
    [
      '1 GB code',
      (/** @type {string} */ f) =>
        sh(`for i in 1 2 3 4 5 6 7 8 9 10; do cat '${process.execPath}'; done > ${f}`),
    ],
  ])) {
    const file = join(work, 'large');
    make(file);
    const result = measure(command.replaceAll('{in}', file).replaceAll('{out}', join(work, 'large.tar')));
    process.stdout.write(
      `| ${name} | ${result?.peakMiB.toFixed(0) ?? 'failed'} | ${result?.wallMs.toFixed(0) ?? ''} |\n`,
    );
  }
}

async function startDockerd() {
  if (process.getuid?.() !== 0 || !has('dockerd')) return null;
  const log = openSync(join(work, 'dockerd.log'), 'w');
  const flags = [
    '--iptables=false',
    '--ip-masq=false',
    '--bridge=none',
    '--data-root',
    `${work}/docker`,
    '--exec-root',
    `${work}/docker-run`,
  ];
  const child = spawn('dockerd', [...flags, '-p', `${work}/docker.pid`, '-H', `unix://${work}/docker.sock`], {
    stdio: ['ignore', log, log],
  });
  for (let tries = 0; tries < 100 && sh('/usr/bin/docker version') !== 0; tries += 1)
    await new Promise((done) => setTimeout(done, 200));
  return child;
}

const dockerd = await startDockerd();
try {
  buildSync({
    entryPoints: [join(ROOT, 'test/write-image-runner.ts')],
    outfile: runner,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    minify: true,
    logLevel: 'error',
  });
  process.stdout.write(`Node ${process.version}\n`);
  for (const name of options.sizes.split(',').filter((one) => one !== '')) runTable(name);
  if (options.memory) runMemory();
} finally {
  if (dockerd !== null && dockerd.exitCode === null) {
    const ended = new Promise((done) => dockerd.once('exit', done));
    dockerd.kill('SIGTERM');
    await ended;
  }
  rmSync(work, { recursive: true, force: true });
}
