import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, expectedNothing, findProcesses } from '../../test/left-behind.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'morsel-supervise-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What morsel does for a command, in a process of its own that can be killed. */
const OWNER = `
const { superviseGroup } = require(process.argv[1]);
const supervisor = superviseGroup();
const script = '(setsid sleep ' + process.argv[2] + ' &) ; sleep ' + process.argv[2];
const child = require('node:child_process').spawn('/bin/sh', ['-c', script], {
  env: { ...process.env, ...supervisor.env }, detached: true, stdio: 'ignore' });
supervisor.watch(child.pid);
setInterval(() => {}, 1000);`;

it('ends a group, and what has left it, when the process that supervises is killed', async () => {
  const outfile = join(folder, 'supervise-group.cjs');
  const entry = join(import.meta.dirname, 'supervise-group.ts');
  await build({ entryPoints: [entry], bundle: true, platform: 'node', format: 'cjs', outfile });
  const seconds = `8888.${process.pid}`;
  const owner = spawn(process.execPath, ['-e', OWNER, outfile, seconds], { stdio: 'ignore' });
  const sleeping = (): boolean =>
    findProcesses(`sleep ${seconds}`).filter((line) => line.includes('sleep') && !line.includes('node'))
      .length >= 2;
  expect(await eventually(sleeping, 20_000)).toBe(true);
  const ended = new Promise((resolve) => owner.once('close', resolve));
  owner.kill('SIGKILL');
  await ended;
  expect((await expectedNothing(seconds)).processes).toEqual([]);
});
