import { expect, it } from 'vitest';
import { parseStopSignal } from './stop-signal.ts';

it.each([
  ['SIGTERM', 'SIGTERM', 15],
  ['quit', 'SIGQUIT', 3],
  ['sigWinch', 'SIGWINCH', 28],
  ['9', 'SIGKILL', 9],
  ['SIGRTMIN+3', 'SIGRTMIN+3', 37],
  ['RTMAX-14', 'SIGRTMAX-14', 50],
  ['37', 'SIGRTMIN+3', 37],
  ['33', '33', 33],
  ['CLD', 'SIGCLD', 17],
])('reads %s', (text, name, number) => expect(parseStopSignal(text)).toEqual({ name, number }));

it.each([
  ['NOPE'],
  [''],
  ['SIG'],
  ['0'],
  ['65'],
  ['-9'],
  ['+9'],
  ['SIGRTMIN+16'],
  ['SIGRTMAX-15'],
  ['15.0'],
  [' TERM'],
])('refuses %j', (text) => expect(parseStopSignal(text)).toBeNull());
