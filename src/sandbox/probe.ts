import { spawn } from 'node:child_process';
import { nsenterWords } from './nsenter-words.ts';
import type { ProbeRequest, ProbeResult } from './sandbox.ts';

/** Of a body that is matched with a regular expression. */
const BODY_LIMIT_BYTES = 1024 * 1024;
const RETRY_MS = 50;
/** After the probe's own time limit, for the start of its process. */
const GRACE_MS = 5_000;

/**
 * What runs inside the container's network namespace: this Node itself, with the machine's files and the container's
 * network. It asks until there is an answer or the time is over, and prints one JSON object. It ends with its stdin, which
 * is morsel's: after a SIGKILL it would go on asking until its time is over.
 */
const PROBE_PROGRAM = `
const request = JSON.parse(process.argv[1]);
process.stdin.on('end', () => process.exit(1)).on('error', () => process.exit(1)).resume();
const deadline = Date.now() + request.timeoutMs;
const finish = (result) => process.stdout.write(JSON.stringify(result), () => process.exit(0));
const again = (reason) => Date.now() >= deadline ? finish({ kind: 'failed', reason }) : setTimeout(attempt, ${RETRY_MS});
const left = () => Math.max(1, deadline - Date.now());
function attempt() {
  let over = false;
  const fail = (reason) => { if (!over) { over = true; again(reason); } };
  if (request.kind === 'tcp') {
    const socket = require('node:net').connect({ host: request.host, port: request.port, timeout: left() });
    socket.on('connect', () => { over = true; socket.destroy(); finish({ kind: 'tcp' }); });
    socket.on('timeout', () => { socket.destroy(); fail('no answer in time'); });
    socket.on('error', (error) => fail(error.code || error.message));
    return;
  }
  const options = { agent: false, timeout: left(), headers: { 'user-agent': 'morsel-probe', connection: 'close' } };
  const sent = require('node:http').get(request.url, options, (response) => {
    const chunks = [];
    let size = 0;
    const done = () => {
      if (over) return;
      over = true;
      finish({ kind: 'http', status: response.statusCode, body: Buffer.concat(chunks).toString('utf8') });
    };
    response.on('data', (chunk) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > ${BODY_LIMIT_BYTES}) { done(); response.destroy(); }
    });
    response.on('end', done);
    response.on('error', (error) => fail(error.message));
  });
  sent.on('timeout', () => { sent.destroy(); fail('no answer in time'); });
  sent.on('error', (error) => fail(error.code || error.message));
}
attempt();
`;

/** Asks from inside the network of `pid`, a process in the user namespace that owns it. Never rejects: whatever goes wrong is a `failed` result. */
export function probeInside(pid: number, request: ProbeRequest, exited: Promise<void>): Promise<ProbeResult> {
  const words = nsenterWords(pid);
  if (words === null) return Promise.resolve(failed('nsenter (util-linux) is not installed'));
  const [nsenter, ...args] = [...words, process.execPath, '-e', PROBE_PROGRAM, JSON.stringify(request)];
  return new Promise((resolve) => {
    const child = spawn(nsenter, args, { stdio: ['pipe', 'pipe', 'pipe'], env: {} });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdin.on('error', () => {}); // it has ended before
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    const timer = setTimeout(() => child.kill('SIGKILL'), request.timeoutMs + GRACE_MS);
    void exited.then(() => {
      // A server that has ended will not answer; one that answered and ended at once has its answer on the way.
      setTimeout(() => child.kill('SIGKILL'), RETRY_MS * 4).unref();
    });
    child.on('error', (error) => resolve(failed(error.message)));
    child.on('close', () => {
      clearTimeout(timer);
      resolve(parseProbeResult(Buffer.concat(out).toString('utf8'), Buffer.concat(err).toString('utf8')));
    });
  });
}

function parseProbeResult(out: string, err: string): ProbeResult {
  if (out === '') return failed(err.trim() === '' ? 'the program ended before it answered' : err.trim());
  try {
    return JSON.parse(out) as ProbeResult;
  } catch {
    // Killed in the middle of a long answer.
    return failed('the program ended while it answered');
  }
}

function failed(reason: string): ProbeResult {
  return { kind: 'failed', reason };
}
