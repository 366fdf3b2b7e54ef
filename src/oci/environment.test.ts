import { expect, it } from 'vitest';
import { parseEnvironment } from './environment.ts';

it('splits at the first =, and takes a name alone as empty', () => {
  expect(parseEnvironment(['A=1', 'B=x=y', 'C', 'D='])).toEqual({ A: '1', B: 'x=y', C: '', D: '' });
  expect(parseEnvironment()).toEqual({});
});
