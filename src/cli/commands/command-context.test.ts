import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { makeContext } from './command-context.ts';

const exit = vi.spyOn(process, 'exit');
beforeEach(() => void exit.mockReset().mockImplementation(() => undefined as never));
afterEach(() => void process.removeAllListeners('SIGINT'));

it('asks the command to stop at the first signal, and ends the process at the second', () => {
  const { context } = makeContext(undefined);
  const { signal } = context;
  process.emit('SIGINT', 'SIGINT');
  expect(signal.aborted).toBe(true);
  expect(exit).not.toHaveBeenCalled();
  process.emit('SIGINT', 'SIGINT');
  expect(exit).toHaveBeenCalledWith(130);
});

it('gives a program that asked for signals those that it takes', () => {
  const { context } = makeContext(undefined);
  const taken: string[] = [];
  const { signal } = context;
  context.takeSignal = (name) => taken.push(name) === 1;
  process.emit('SIGINT', 'SIGINT');
  expect({ taken, aborted: signal.aborted }).toEqual({ taken: ['SIGINT'], aborted: false });
  process.emit('SIGINT', 'SIGINT');
  expect(signal.aborted).toBe(true);
});

it('ends the process itself after the command, so that what is removed at its exit is removed', () => {
  const { context, finish } = makeContext(undefined);
  expect(context.signal.aborted).toBe(false);
  finish();
  process.emit('SIGINT', 'SIGINT');
  expect(exit).toHaveBeenCalledWith(130);
});
