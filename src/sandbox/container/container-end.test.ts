import { describe, expect, it } from 'vitest';
import { readEnd, readStatus } from './container-end.ts';
import { READY_STEP } from '../launcher/start-steps.ts';

function record(step: number, errno: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32LE(step, 0);
  bytes.writeUInt32LE(errno, 8);
  return bytes;
}

describe('readStatus', () => {
  it('tells set-up, start and a failure of either apart', () => {
    const ready = record(READY_STEP, 0);
    expect(readStatus(Buffer.alloc(0))).toEqual({ isReady: false, failedStep: null, errno: 0 });
    expect(readStatus(ready)).toEqual({ isReady: true, failedStep: null, errno: 0 });
    expect(readStatus(record(4, 13))).toEqual({ isReady: false, failedStep: 4, errno: 13 });
    expect(readStatus(Buffer.concat([ready, record(9, 2)]))).toEqual({
      isReady: true,
      failedStep: 9,
      errno: 2,
    });
    expect(readStatus(ready.subarray(0, 15))).toMatchObject({ isReady: false });
  });
});

describe('readEnd', () => {
  const end = (exitCode: number) => ({ exitCode, signal: null });

  it('reads 128+N as signal N, and leaves codes that are none', () => {
    expect(readEnd(end(139), '128+n', '')).toEqual({ exitCode: null, signal: 'SIGSEGV' });
    expect(readEnd(end(137), '128+n', '')).toEqual({ exitCode: null, signal: 'SIGKILL' });
    for (const code of [0, 1, 127, 128, 200, 255]) expect(readEnd(end(code), '128+n', '')).toEqual(end(code));
  });

  it('takes an exit code as it is from a process that ends by the same signal', () => {
    expect(readEnd(end(139), 'same-signal', '')).toEqual(end(139));
    const crash = { exitCode: null, signal: 'SIGSEGV' };
    expect(readEnd(crash, 'same-signal', '')).toEqual(crash);
  });

  it('understands the complaint of unshare about SIGKILL', () => {
    const said = 'unshare: sigprocmask unblock failed: Invalid argument\n';
    expect(readEnd(end(1), 'same-signal', said)).toEqual({ exitCode: null, signal: 'SIGKILL' });
    expect(readEnd(end(0), 'same-signal', said)).toEqual(end(0));
    expect(readEnd(end(1), 'same-signal', '')).toEqual(end(1));
  });
});
