import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasTool, requireInCi } from '../../test/reference-tools.ts';
import { hostArchitecture } from '../core/machines.ts';
import { compileCompanion } from './compile-companion.ts';

const cacheDirectory = mkdtempSync(join(tmpdir(), 'morsel-companions-'));
const architecture = hostArchitecture();
let init = '';
let probe = '';
const isRoot = requireInCi('root, for a namespace of processes', process.getuid?.() === 0);

beforeAll(async () => {
  init = (await compileCompanion('init', { architecture, cacheDirectory })).source;
  probe = (await compileCompanion('probe', { architecture, cacheDirectory })).source;
});
afterAll(() => rmSync(cacheDirectory, { recursive: true, force: true }));

describe('compileCompanion', () => {
  it('makes small static programs, and keeps them', async () => {
    for (const path of [init, probe]) expect(statSync(path).size).toBeLessThanOrEqual(12 * 1024);
    const { mtimeMs } = statSync(init);
    const again = await compileCompanion('init', { architecture, cacheDirectory });
    expect([again.source, statSync(again.source).mtimeMs]).toEqual([init, mtimeMs]);
  });

  it('reads what is in the cache before it is used', async () => {
    writeFileSync(init, 'not a program');
    await compileCompanion('init', { architecture, cacheDirectory });
    expect(spawnSync(init, ['/bin/true']).status).toBe(0);
  });

  it('says for which machines it has no words', async () => {
    await expect(compileCompanion('init', { architecture: 's390x', cacheDirectory })).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    });
  });

  it.skipIf(!hasTool('qemu-aarch64-static') || !hasTool('aarch64-linux-gnu-gcc'))(
    'makes them for others',
    async () => {
      const other = await compileCompanion('init', { architecture: 'arm64', cacheDirectory });
      expect(spawnSync('qemu-aarch64-static', [other.source, '/bin/sh', '-c', 'exit 5']).status).toBe(5);
    },
  );
});

describe('init', () => {
  const run = (...words: readonly string[]) => spawnSync(init, words, { encoding: 'utf8' });

  it('ends as the program does', () => {
    expect(run('/bin/sh', '-c', 'exit 7').status).toBe(7);
    expect(run('/bin/sh', '-c', 'kill -9 $$').status).toBe(137);
    expect(run('sh', '-c', 'echo $0 "$@"', 'a', 'b').stdout).toBe('a b\n');
  });

  it('says why it cannot start one, as docker does', () => {
    expect(run('no-such-program')).toMatchObject({ status: 127, stderr: /no such file/ });
    expect(run('/etc/passwd')).toMatchObject({ status: 126, stderr: /permission denied/ });
    expect(run().status).toBe(2);
  });

  it.skipIf(!isRoot)('as PID 1 hands SIGTERM on, and leaves no zombie', async () => {
    const script = `(setsid sh -c 'sleep 0.1' &); sleep 0.6; cat /proc/[0-9]*/stat; trap 'echo got; exit 3' TERM; echo ready; sleep 60 & wait`;
    const words = ['--pid', '--fork', '--mount-proc', '--kill-child', '--', init, 'sh', '-c', script];
    const child = spawn('unshare', words, { stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    const ready = new Promise<void>((resolve) => {
      child.stdout.on('data', (piece: Buffer) => {
        printed += piece.toString();
        if (/^ready$/m.test(printed)) resolve();
      });
    });
    await ready;
    expect(printed).not.toMatch(/\) Z /);
    const { readFileSync } = await import('node:fs');
    const pid = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim();
    const ended = once(child, 'close');
    process.kill(Number(pid), 'SIGTERM');
    expect((await ended)[0]).toBe(3);
    expect(printed).toMatch(/^got$/m);
  });
});

describe('probe', () => {
  /** Its exit code and words, of a server that does this with each connection. */
  async function probed(serve: (socket: Socket) => void, url: (port: number) => string, host = '127.0.0.1') {
    const server = createServer(serve).listen(0, host);
    await once(server, 'listening');
    const child = spawn(probe, [url((server.address() as AddressInfo).port), '1']);
    let said = '';
    child.stdout.on('data', (piece: Buffer) => (said += piece.toString()));
    const [code] = (await once(child, 'close')) as [number];
    server.close();
    return [code, said.trim()];
  }
  const answer = (text: string) => (socket: Socket) => {
    socket.on('error', () => {}).once('data', () => socket.end(text));
  };
  const url = (port: number) => `http://127.0.0.1:${port}/healthz?x=1`;

  it.each([
    ['HTTP/1.1 200 OK\r\n\r\nfine', 0, 'status 200'],
    ['HTTP/1.0 204\r\n\r\n', 0, 'status 204'],
    ['HTTP/1.1 302 Found\r\n\r\n', 0, 'status 302'],
    ['HTTP/1.1 404 Not Found\r\n\r\n', 1, 'status 404'],
    ['HTTP/1.1 503 Busy\r\n\r\n', 1, 'status 503'],
    ['HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n', 0, 'status 200'],
    ['HTTP/1.1 2000 OK\r\n\r\n', 1, 'the answer is not HTTP'],
    ['SSH-2.0-OpenSSH_9.2p1 Debian', 1, 'the answer is not HTTP'],
    [`HTTP/1.1 100 ${'x'.repeat(20_000)}`, 1, 'the answer is not HTTP'],
    ['HTTP/1.1 200', 1, 'the answer is not HTTP'],
    ['', 1, 'the answer is not HTTP'],
  ])('of an answer %j', async (text, code, said) => {
    expect(await probed(answer(text), url)).toEqual([code, said]);
  });

  it('sends a request that servers take', async () => {
    let request = '';
    const serve = (socket: Socket) => {
      socket.once('data', (piece) => {
        request = piece.toString();
        socket.end('HTTP/1.1 200 OK\r\n\r\n');
      });
    };
    await probed(serve, (port) => `http://:${port}/a?b`);
    expect(request).toMatch(
      /^GET \/a\?b HTTP\/1\.1\r\nHost: localhost:\d+\r\n[^]*Connection: close\r\n\r\n$/,
    );
  });

  it('waits no longer than it is told, whatever trickles in', async () => {
    const drip = (socket: Socket) => {
      const timer = setInterval(() => socket.write('H'), 100);
      socket.on('error', () => {}).on('close', () => clearInterval(timer));
    };
    expect(await probed(drip, url)).toEqual([1, 'no answer in time']);
  });

  it('asks by IPv6, also where only that answers for this container', async () => {
    const fine = answer('HTTP/1.1 200 OK\r\n\r\n');
    expect(await probed(fine, (port) => `http://[::1]:${port}/`, '::1')).toEqual([0, 'status 200']);
    expect(await probed(fine, (port) => `http://:${port}/`, '::1')).toEqual([0, 'status 200']);
    expect(
      await probed(
        () => {},
        (port) => `tcp://[0:0::1]:${port}`,
        '::1',
      ),
    ).toEqual([0, 'connected']);
  });

  it('says that nobody listens', () => {
    expect(spawnSync(probe, ['tcp://127.0.0.1:1'], { encoding: 'utf8' })).toMatchObject({
      status: 1,
      stdout: 'connection refused\n',
    });
  });

  it.each([
    '',
    'http://name:80/',
    'tcp://:',
    'tcp://:99999',
    'tcp://1.2.3:4',
    'tcp://[::1::]:4',
    'tcp://[::1:4',
  ])('does not take %j for a question', (text) => {
    expect(spawnSync(probe, [text]).status).toBe(2);
  });
});
