import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { requireTool } from './reference-tools.ts';

/** Debian's docker-registry (distribution 2.8) on a port of its own, with all that it keeps in a folder of its own. */
export interface RealRegistry {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  stop(): void;
}

export interface RealRegistryOptions {
  /** An htpasswd line (bcrypt): then it wants to know who asks. */
  readonly htpasswd?: string;
  /** More of its configuration, as lines of YAML. */
  readonly more?: string;
}

export async function startDockerRegistry({
  htpasswd,
  more = '',
}: RealRegistryOptions = {}): Promise<RealRegistry> {
  const program = requireTool('docker-registry');
  const folder = mkdtempSync(join(tmpdir(), 'morsel-registry-'));
  const host = `127.0.0.1:${await freePort()}`;
  mkdirSync(join(folder, 'data'));
  if (htpasswd !== undefined) writeFileSync(join(folder, 'htpasswd'), `${htpasswd}\n`);
  const auth = htpasswd === undefined ? '' : `auth: {htpasswd: {realm: test, path: ${folder}/htpasswd}}\n`;
  writeFileSync(
    join(folder, 'config.yml'),
    `version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: ${folder}/data}, delete: {enabled: true}}\n` +
      `http: {addr: "${host}"}\n${auth}${more}`,
  );
  const child: ChildProcess = spawn(program, ['serve', join(folder, 'config.yml')], { stdio: 'ignore' });
  const stop = (): void => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await answering(host, child);
  } catch (error) {
    stop();
    throw error;
  }
  return { host, stop };
}

async function answering(host: string, child: ChildProcess): Promise<void> {
  for (let tried = 0; tried < 200; tried += 1) {
    if (child.exitCode !== null) throw new Error(`docker-registry ended with ${child.exitCode}`);
    const answer = await fetch(`http://${host}/v2/`).catch(() => null);
    if (answer !== null) return;
    await sleep(50);
  }
  throw new Error('docker-registry does not answer');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
