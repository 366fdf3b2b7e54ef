import { describe, expect, it } from 'vitest';
import { memoryByteSource } from './byte-source.ts';
import { interpreterName, isScript, readShebang, shebangProblem } from './shebang.ts';

const source = (text: string) => memoryByteSource(Buffer.from(text));

describe('readShebang', () => {
  it.each([
    ['#!/bin/sh\necho', '/bin/sh', null],
    ['#! \t/bin/sh \t\n', '/bin/sh', null],
    ['#!/usr/bin/env -S a  b\n', '/usr/bin/env', '-S a  b'],
    ['#!/bin/sh', '/bin/sh', null],
    ['#!/bin/sh\r\n', '/bin/sh\r', null],
    ['#!/bin/sh -e\r\n', '/bin/sh', '-e\r'],
    ['#!/opt/größe\n', '/opt/größe', null],
  ])('%j', (text, interpreter, argument) => {
    expect(readShebang(source(text))).toEqual({ interpreter, argument });
  });

  it.each(['', '#', 'echo\n#!/bin/sh\n', ' #!/bin/sh\n'])('%j is no script', (text) => {
    expect(isScript(source(text))).toBe(false);
    expect(readShebang(source(text))).toBeNull();
  });

  it('finds none where the line names no interpreter, whatever the next one says', () => {
    expect(isScript(source('#!\n/bin/sh\n'))).toBe(true);
    expect(readShebang(source('#!\n/bin/sh\n'))).toBeNull();
    expect(readShebang(source('#! \t\n'))).toBeNull();
  });

  it('reads as much as the kernel does', () => {
    expect(readShebang(source(`#!/${'a'.repeat(300)}`))).toBeNull();
    expect(shebangProblem(source(`#!/${'a'.repeat(300)}`))).toBe('too-long');
    expect(readShebang(source(`#!/a ${'b'.repeat(300)}`))?.argument).toHaveLength(250);
  });
});

it('interpreterName leaves the carriage return out', () => {
  expect(interpreterName({ interpreter: '/bin/sh\r', argument: null })).toBe('/bin/sh');
  expect(interpreterName({ interpreter: '/bin/sh', argument: '-e\r' })).toBe('/bin/sh');
});
