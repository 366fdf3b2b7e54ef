import { afterAll, expect, it } from 'vitest';
import { listBelow } from '../left-behind.ts';
import { requireInCi } from '../reference-tools.ts';
import { documentOf, failureOf } from './documents.ts';
import { ENGINES, SANDBOXES } from '../../src/core/choices.ts';
import { Targets } from './targets.ts';

const targets = new Targets();
afterAll(() => targets.remove());
const isRoot = requireInCi('root, for sandboxes', process.getuid?.() === 0);

it.skipIf(!isRoot)('as text: a table of toolchains and one of sandboxes', async () => {
  const { exitCode, stdout, stderr } = await targets.morsel('doctor');
  expect(stdout).toMatch(
    /^toolchains\n {2}ok +gcc +\S+ +\/\S+\/gcc\n[^]*\n\nsandboxes \(each was tried\)\n {2}(ok|-)/,
  );
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
});

it.skipIf(!isRoot)('as JSON: what is here, and how to get what is not', async () => {
  const result = await targets.morsel('doctor', '--format', 'json');
  const { ready, sandboxes, tools, tracer } = documentOf('doctor', result);
  expect(tracer).toMatchObject({
    tool: 'strace',
    version: expect.stringMatching(/^\d+\.\d+/),
    install: null,
  });
  expect(tools.find(({ tool }) => tool === 'gcc')).toMatchObject({ install: null });
  expect(sandboxes.map(({ sandbox }) => sandbox)).toEqual(SANDBOXES);
  expect({ ready, exitCode: result.exitCode, stderr: result.stderr }).toEqual({
    ready: true,
    exitCode: 0,
    stderr: '',
  });
});

it.skipIf(!isRoot)('without a tracer it is as ready, and says how to get one', async () => {
  const result = await targets.morselWithout(['strace'], 'doctor', '--format', 'json');
  const { ready, tracer } = documentOf('doctor', result);
  expect(tracer.path).toBeNull();
  expect({ ready, exitCode: result.exitCode }).toEqual({ ready: true, exitCode: 0 });
});

it.skipIf(!isRoot)('without an engine it is as ready; the cache and the route of Rust are said', async () => {
  const result = await targets.morselWithout(['docker', 'podman'], 'doctor', '--format', 'json');
  const { ready, engines, cache, rustMuslRoute } = documentOf('doctor', result);
  expect(ready).toBe(true);
  expect(engines).toEqual(
    ENGINES.map((engine) => ({ engine, installed: false, answers: false, version: null, reason: null })),
  );
  expect(cache.directory).toMatch(/^\/.*morsel$/);
  expect(rustMuslRoute).toMatchObject({ consent: '--toolchain-experimental', built: [] });
});

it.skipIf(!isRoot)('where nothing can be proven: 5', async () => {
  const result = await targets.morselWithout(SANDBOXES, 'doctor', '--format', 'json');
  const { ready, sandboxes } = documentOf('doctor', result);
  expect(sandboxes.filter(({ usable, reason }) => usable || reason === null)).toEqual([]);
  expect({ ready, exitCode: result.exitCode }).toEqual({ ready: false, exitCode: 5 });
});

it('a flag that it does not take: 2, and nothing on stdout', async () => {
  const result = await targets.morsel('doctor', '--frobnicate', '--format', 'json');
  expect(failureOf(result).code).toBe('USAGE');
  expect(result.exitCode).toBe(2);
});

it('a bug of morsel: 70, its stack on stderr, and nothing on stdout', async () => {
  const result = await targets.morselWithFault({ from: 'node:os', call: 'tmpdir' }, 'doctor');
  expect(result.stderr).toMatch(/ {2}code: BUG\n[^]*injected/);
  expect(result).toMatchObject({ exitCode: 70, stdout: '' });
});

it('an interruption: 130, and nothing on stdout', async () => {
  const isAsking = (): boolean => listBelow(targets.place.temporary).length > 0;
  expect(await targets.interrupted(['doctor'], isAsking)).toMatchObject({ exitCode: 130, stdout: '' });
});
