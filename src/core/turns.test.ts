import { expect, it } from 'vitest';
import { Turns } from './turns.ts';

it('lets a timer abort work that never waits', async () => {
  const controller = new AbortController();
  const turns = new Turns(controller.signal, 'counting');
  setTimeout(() => controller.abort(), 1);
  const count = async (): Promise<never> => {
    for (;;) await turns.take();
  };
  await expect(count()).rejects.toThrow(
    expect.objectContaining({ code: 'INTERRUPTED', message: 'interrupted while counting' }),
  );
});
