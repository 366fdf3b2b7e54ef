import { expect, it } from 'vitest';
import { ANY_RATIO_LIMIT_BYTES, UnpackBudget, UNPACKED_LIMIT_BYTES } from './unpack-budget.ts';

const exceeded = expect.objectContaining({ code: 'LIMIT_EXCEEDED', hint: expect.any(String) });

it('lets any ratio pass below the amount that does harm, and refuses it beyond', () => {
  const budget = new UnpackBudget('x.tar');
  budget.addStored('a', 1000);
  budget.addUnpacked(ANY_RATIO_LIMIT_BYTES);
  expect(() => budget.addUnpacked(1)).toThrow(exceeded);
});

it('counts a blob once, however often it is unpacked', () => {
  const budget = new UnpackBudget('x.tar');
  const needed = Math.ceil((ANY_RATIO_LIMIT_BYTES + 1) / 200);
  for (let times = 0; times < 10; times += 1) budget.addStored('a', needed / 10);
  expect(() => budget.addUnpacked(ANY_RATIO_LIMIT_BYTES + 1)).toThrow(exceeded);
  budget.addStored('b', needed);
  budget.addUnpacked(1);
});

it('refuses what is too much whatever it is made of', () => {
  const budget = new UnpackBudget('x.tar');
  budget.addStored('a', UNPACKED_LIMIT_BYTES);
  expect(() => budget.addUnpacked(UNPACKED_LIMIT_BYTES + 1)).toThrow(exceeded);
});
