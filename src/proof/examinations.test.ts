import { describe, expect, it } from 'vitest';
import type { Check } from './check.ts';
import { START_ONLY } from './default-check.ts';
import { examinationsOf } from './examinations.ts';
import { checkOf } from './run-check.ts';

const IMAGE = { entrypoint: ['/a'] };
const job = (...command: readonly string[]): Check => ({ ...START_ONLY, name: 'job', command });
const server = (...start: readonly string[]): Check => {
  const { exitCode: _, command: __, kind: ___, ...base } = START_ONLY;
  return {
    ...base,
    name: 'serves',
    kind: 'server',
    start,
    request: { kind: 'tcp', host: '127.0.0.1', port: 1 },
  };
};

function namesOf(checks: readonly Check[], programs: readonly string[], image = IMAGE): readonly string[] {
  return examinationsOf(checks, programs, image).map((examination) => {
    const { name } = checkOf(examination);
    return examination.kind === 'start-only' ? name : `check ${name}`;
  });
}

describe('examinationsOf', () => {
  it.each<[string, readonly Check[], readonly string[], readonly string[]]>([
    ['one program without checks', [], ['/a'], ['starts']],
    ['one program with a check', [job()], ['/a'], ['check job']],
    ['one program with a check of something else', [job('/bin/sh')], ['/a'], ['check job']],
    ['an image of which nothing is known', [], [], ['starts']],
    ['several without checks', [], ['/a', '/b', '/c'], ['starts', '/b starts', '/c starts']],
    ['several with a check of the first', [job()], ['/a', '/b'], ['check job', '/b starts']],
    [
      'several with a check that names the first',
      [job('/a', '-v')],
      ['/a', '/b'],
      ['check job', '/b starts'],
    ],
    ['several with a check of the second', [job('/b')], ['/a', '/b'], ['check job', 'starts']],
    ['several with a server of the second', [server('/b')], ['/a', '/b'], ['check serves', 'starts']],
    ['several with checks of all', [job(), job('/b')], ['/a', '/b'], ['check job', 'check job']],
  ])('%s', (_, checks, programs, names) => {
    expect(namesOf(checks, programs)).toEqual(names);
  });

  it('starts the first one too where the entrypoint is another', () => {
    const image = { entrypoint: ['/b', '--serve'] };
    expect(namesOf([], ['/a', '/b'], image)).toEqual(['starts', '/a starts']);
    expect(namesOf([], ['/a', '/b'], { entrypoint: ['/script'] })).toEqual([
      'starts',
      '/a starts',
      '/b starts',
    ]);
  });

  it('starts another program by its path and without the arguments of the image', () => {
    const [, second] = examinationsOf([], ['/a', '/b'], IMAGE);
    expect(second).toEqual({ kind: 'start-only', program: '/b' });
    expect(second === undefined ? null : checkOf(second)).toMatchObject({ command: ['/b'], args: null });
  });
});
