import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { passSignals, STOP_GRACE_MS } from './passed-signals.ts';

const sent: NodeJS.Signals[] = [];
const start = (): ((signal: NodeJS.Signals) => boolean) => passSignals((signal) => sent.push(signal));
beforeEach(() => {
  sent.length = 0;
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  for (const signal of ['SIGUSR1', 'SIGUSR2', 'SIGQUIT']) process.removeAllListeners(signal);
});

it('passes a SIGTERM, and ends the program after the time that docker stop gives', () => {
  expect(start()('SIGTERM')).toBe(true);
  expect(sent).toEqual(['SIGTERM']);
  vi.advanceTimersByTime(STOP_GRACE_MS);
  expect(sent).toEqual(['SIGTERM', 'SIGKILL']);
});

it('ends the program at a second SIGTERM, and takes no third', () => {
  const take = start();
  expect([take('SIGTERM'), take('SIGTERM'), take('SIGTERM')]).toEqual([true, true, false]);
  expect(sent).toEqual(['SIGTERM', 'SIGKILL']);
});

it('leaves a program that was interrupted its time, and takes no second interruption', () => {
  const take = start();
  expect([take('SIGINT'), take('SIGINT')]).toEqual([true, false]);
  vi.advanceTimersByTime(2 * STOP_GRACE_MS);
  expect(sent).toEqual(['SIGINT']);
});

it('passes what makes servers read their configuration anew, each time', () => {
  const take = start();
  for (let times = 0; times < 3; times += 1) expect(take('SIGHUP')).toBe(true);
  process.emit('SIGUSR1', 'SIGUSR1');
  process.emit('SIGQUIT', 'SIGQUIT');
  expect(sent).toEqual(['SIGHUP', 'SIGHUP', 'SIGHUP', 'SIGUSR1', 'SIGQUIT']);
});
