import { describe, expect, it } from 'vitest';
import { findProcessFamily, runInFamily } from './find-process-family.ts';

const sh = (script: string) => ({ program: '/bin/sh', args: ['-c', script], purpose: 'test' });

describe('runInFamily', () => {
  it('gives what the command gives while the family is still being tried, and afterwards', async () => {
    const first = await runInFamily(sh('echo one; exit 7'), {});
    expect(first).toMatchObject({ exitCode: 7, stdout: 'one\n' });
    await findProcessFamily();
    expect(await runInFamily(sh('echo two >&2'), {})).toMatchObject({ exitCode: 0, stderr: 'two\n' });
  });

  it('hears an interruption', async () => {
    const stopped = new AbortController();
    const running = runInFamily(sh('sleep 60'), { signal: stopped.signal });
    stopped.abort();
    await expect(running).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});
