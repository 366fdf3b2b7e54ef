import { describe, expect, it } from 'vitest';
import { invalidJson } from './invalid.ts';
import type { Problem } from './problem.ts';
import { parseWrittenJson } from './written-json.ts';

const source = { path: 'x/morsel.json', json: parseWrittenJson('{\n "b": 1,\n "a": [2]\n}') };

describe('invalidJson', () => {
  it('names the place of one problem, and keeps its hint, code and cause', () => {
    const cause = new Error('why');
    const problem: Problem = {
      path: ['a', 0],
      message: 'is odd',
      hint: 'make it even',
      code: 'NOT_FOUND',
      cause,
    };
    expect(invalidJson(source, [problem])).toMatchObject({
      code: 'NOT_FOUND',
      message: 'x/morsel.json:3:8: a[0] is odd',
      hint: 'make it even',
      cause,
      details: { field: 'a[0]', problems: [{ line: 3, column: 8, field: 'a[0]', message: 'a[0] is odd' }] },
    });
  });

  it('puts several in the order of the file, as one kind of error', () => {
    const problems: readonly Problem[] = [
      { path: ['a'], message: 'is odd', code: 'NOT_FOUND' },
      { path: ['b'], isOfName: true, message: 'that is no name', isSentence: true },
    ];
    const error = invalidJson(source, problems);
    expect(error).toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'x/morsel.json:2:2: that is no name (the first of 2 problems)',
    });
    expect(error.details?.['problems']).toMatchObject([{ line: 2 }, { line: 3 }]);
  });

  it('needs no file, and shows a page of a million', () => {
    const many = Array.from({ length: 100_000 }, (_, index) => ({
      path: ['checks', index],
      message: 'is odd',
    }));
    const error = invalidJson(null, many);
    expect(error.message).toBe('checks[0] is odd (the first of more than 20 problems)');
    expect(error.details?.['problems']).toHaveLength(20);
  });

  it('cuts the names that somebody else has chosen', () => {
    expect(invalidJson(null, [{ path: ['x'.repeat(10_000)], message: 'is no field' }]).message).toHaveLength(
      112,
    );
  });
});
