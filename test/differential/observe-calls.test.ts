import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { Observation } from '../../src/observe/index.ts';
import { usesOf } from '../observe-lines.ts';
import { hasTool } from '../reference-tools.ts';
import { CALL_CASES, callsSource, hasPlace, PLACES } from './strace-calls.ts';
import { StraceLab } from './strace-lab.ts';

const isHere = hasTool('strace') && hasTool('gcc');
const lab = new StraceLab();
afterAll(() => lab.remove());

/** Is what a program does, call by call, what the reader of its trace says? */
describe.skipIf(!isHere || process.arch !== 'x64')('each call that names a file', () => {
  const places = PLACES.filter((place) => place !== 'absent');
  for (const place of places) mkdirSync(lab.path(place));
  for (const { name, before } of CALL_CASES) {
    for (const place of places) prepare(lab.path(`${place}/${name}`), before);
  }
  let seen: Promise<Observation> | undefined;
  const observed = async (): Promise<Observation> => {
    seen ??= lab.observe([lab.compile('calls', callsSource(lab.dir))]).then(({ observation }) => observation);
    return seen;
  };

  it.each(CALL_CASES)('$name', async (one) => {
    const observation = await observed();
    const uses = usesOf(observation);
    for (const place of places.filter((where) => hasPlace(one, where))) {
      const path = lab.path(`${place}/${one.name}`);
      expect({ [path]: uses[path] }).toEqual({ [path]: one.use });
      expect(uses[`${path}-other`]).toBe(one.otherUse);
      expect(observation.missed).not.toContain(path);
    }
    const absent = lab.path(`absent/${one.name}`);
    expect(uses[absent]).toBeUndefined();
    // Of two paths nobody says which of them is not there.
    expect(observation.missed.has(absent)).toBe(one.otherUse === undefined);
  });

  it('without a gap', async () => {
    const observation = await observed();
    expect(observation.gaps).toEqual([]);
    expect([...observation.refused]).toEqual([]);
  });
});

function prepare(path: string, before: (typeof CALL_CASES)[number]['before']): void {
  if (before === 'file') writeFileSync(path, 'x');
  else if (before === 'directory') mkdirSync(path);
  else if (before === 'link') symlinkSync('nowhere', path);
  else if (before === 'program') copyFileSync('/bin/true', path);
}
