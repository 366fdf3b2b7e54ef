import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { probeInside } from './probe.ts';
import type { ProbeResult } from './sandbox.ts';

const PATH = process.env['PATH'];
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'morsel-probe-'));
  process.env['PATH'] = `${folder}:${PATH ?? ''}`;
});
afterAll(() => {
  process.env['PATH'] = PATH;
  rmSync(folder, { recursive: true, force: true });
});

/** What is answered when nsenter does this in place of asking. */
function answerWhen(script: string): Promise<ProbeResult> {
  const path = join(folder, 'nsenter');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  const request = { kind: 'tcp', host: '127.0.0.1', port: 9, timeoutMs: 10_000 } as const;
  return probeInside(process.pid, request, new Promise(() => {}));
}

it.each<[string, string, ProbeResult]>([
  ['an answer', `printf '{"kind":"tcp"}'`, { kind: 'tcp' }],
  ['no word at all', 'exit 1', { kind: 'failed', reason: 'the program ended before it answered' }],
  [
    'words of nsenter',
    'echo "nsenter: cannot open" >&2; exit 1',
    { kind: 'failed', reason: 'nsenter: cannot open' },
  ],
  ['half an answer', `printf '{"kind":'`, { kind: 'failed', reason: 'the program ended while it answered' }],
])('reads %s', async (_what, script, result) => {
  expect(await answerWhen(script)).toEqual(result);
});

it('enters the network of the process that it is given, with the request as one word', async () => {
  const script = `printf '{"kind":"failed","reason":"%s"}' "$1 $2 $3 $4"`;
  expect(await answerWhen(script)).toEqual({
    kind: 'failed',
    reason: `--net --target ${process.pid} --`,
  });
});
