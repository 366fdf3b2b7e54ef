import { expect, it } from 'vitest';
import { waitUntilGone } from './wait-until-gone.ts';

it('asks until it is gone, and then no more', async () => {
  const answers = [false, false, true];
  let asked = 0;
  await waitUntilGone(() => answers[asked++] === true);
  expect(asked).toBe(3);
});
