import { describe, expect, it } from 'vitest';
import { compareOutcomes, type Outcome } from '../control/index.ts';
import { withoutLibcName } from './without-libc-name.ts';

function printed(stdout: string): Outcome {
  return {
    exitCode: 0,
    signal: null,
    startFailure: null,
    isAlive: false,
    stdout: Buffer.from(stdout, 'latin1'),
    stderr: Buffer.alloc(0),
    answer: null,
    isListening: null,
    written: null,
  };
}

function differ(one: string, other: string): boolean {
  return (
    compareOutcomes([withoutLibcName(printed(one))], withoutLibcName(printed(other)), 'here').difference !==
    null
  );
}

describe('withoutLibcName', () => {
  it.each([
    ['stunnel 5.68 on x86_64-pc-linux-musl platform', 'stunnel 5.68 on x86_64-pc-linux-gnu platform'],
    ['host: x86_64-linux-musl\xff\n', 'host: x86_64-linux-gnu\xff\n'],
    ['arm-linux-musleabihf', 'arm-linux-gnueabihf'],
  ])('%s is %s', (one, other) => {
    expect(differ(one, other)).toBe(false);
    expect(differ(other, one)).toBe(false);
  });

  it.each([
    ['libc: musl', 'libc: gnu'],
    ['x86_64-pc-linux-musl', 'aarch64-pc-linux-gnu'],
    ['x86_64-pc-linux-musl 1', 'x86_64-pc-linux-gnu 2'],
    ['x86_64-pc-linux-muslin', 'x86_64-pc-linux-gnu'],
  ])('%s is not %s', (one, other) => {
    expect(differ(one, other)).toBe(true);
  });
});
