import { describe, expect, it } from 'vitest';
import { compareOutcomes, type Outcome } from '../control/index.ts';
import type { Check, CommandCheck } from './check.ts';
import { START_ONLY } from './default-check.ts';
import type { RanCheck } from './run-check.ts';
import { type Judged, verdictOf } from './verdict.ts';

interface Run {
  readonly code?: number;
  readonly alive?: boolean;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly problems?: readonly string[];
  readonly usage?: boolean;
  readonly check?: Check;
  readonly answered?: string;
  readonly listens?: string;
  readonly lacksDriver?: string;
  readonly unfaithful?: readonly string[];
}

function ran({ code = 0, alive = false, stdout = '', stderr = '', ...rest }: Run = {}): RanCheck {
  const outcome: Outcome = {
    exitCode: alive ? null : code,
    signal: null,
    startFailure: null,
    isAlive: alive,
    stdout: Buffer.from(stdout),
    stderr: Buffer.from(stderr),
    answer: null,
    isListening: null,
    written: null,
  };
  const said = stderr === '' ? stdout : stderr;
  return {
    check: rest.check ?? START_ONLY,
    argv: ['/x'],
    outcome,
    problems: rest.problems ?? [],
    dockerExitCode: alive ? null : code,
    port: null,
    answered: rest.answered ?? null,
    listens: rest.listens ?? null,
    lacksDriver: rest.lacksDriver ?? null,
    firstLine: said === '' ? null : said,
    failureWords: /No such file/.test(stderr) ? stderr : null,
    mayBeOfLinkage: false,
    isUsage: rest.usage ?? false,
    stdoutSha256: null,
    elapsedMs: 1,
    notes: [],
    added: [],
    lifted: [],
    unfaithful: rest.unfaithful ?? [],
    observed: null,
    stoppedBySignal: null,
    mayNeedWriting: true,
  };
}

const WHERE = 'on this machine';

function judged(
  kind: Judged['kind'],
  image: RanCheck,
  control: RanCheck | null,
  surroundings: Judged['surroundings'] = null,
): ReturnType<typeof verdictOf> {
  if (control === null) return verdictOf({ kind, image, control, surroundings });
  const comparison = compareOutcomes([control.outcome], image.outcome, WHERE);
  return verdictOf({ kind, image, control: { ran: control, comparison, where: WHERE }, surroundings });
}

describe('a job that leaves files', () => {
  const left = (files: Readonly<Record<string, string>>): RanCheck => {
    const one = ran();
    return { ...one, outcome: { ...one.outcome, written: new Map(Object.entries(files)) } };
  };

  it('is not equal when one of them is another, and fails when one is not there', () => {
    expect(judged('check', left({ '/tmp/x': '1' }), left({ '/tmp/x': '1' }))).toMatchObject({
      strength: 'equal',
    });
    expect(judged('check', left({ '/tmp/x': '1' }), left({ '/tmp/x': '2' }))).toEqual({
      status: 'passed',
      strength: 'start',
      detail: 'exit code 0, as on this machine; it writes another /tmp/x than on this machine',
    });
    expect(judged('check', left({}), left({ '/tmp/x': '2' })).status).toBe('failed');
    expect(judged('start-only', left({ '/tmp/x': '1' }), left({ '/tmp/x': '2' })).detail).toContain(
      'it writes another /tmp/x',
    );
  });
});

describe('the default check', () => {
  const start = (image: Run, control: Run | null): ReturnType<typeof verdictOf> =>
    judged('start-only', ran(image), control === null ? null : ran(control));

  it('proves a start by success that is the same elsewhere', () => {
    expect(start({ stdout: 'hi' }, { stdout: 'hi' })).toEqual({
      status: 'passed',
      strength: 'start',
      detail: 'starts, and ends with exit code 0, as on this machine; no job was tried',
    });
    expect(start({ alive: true }, { alive: true })).toMatchObject({ status: 'passed', strength: 'start' });
  });

  it('shows what a program said on stderr though it ended well', () => {
    expect(start({ stderr: 'no config' }, { stderr: 'no config' }).detail).toContain('saying "no config"');
    expect(start({ alive: true, stderr: 'no config' }, null).detail).toContain('saying "no config"');
  });

  it('fails where the program does it elsewhere, and names the difference', () => {
    const verdict = start({ code: 1, stderr: '/x: No such file' }, { stdout: 'done' });
    expect(verdict).toMatchObject({ status: 'failed', strength: 'none' });
    expect(verdict.detail).toBe(
      'ends with exit code 1, and on this machine ends with exit code 0; it said: "/x: No such file"',
    );
    // Both end with 0, and the image says that something is missing.
    expect(start({ stderr: '/x: No such file' }, {})).toMatchObject({ status: 'failed' });
    expect(start({ stdout: 'UTC' }, { stdout: 'CET' })).toMatchObject({ status: 'failed' });
    expect(start({}, { alive: true })).toMatchObject({ status: 'failed' });
  });

  it('passes though its output differs where it shows the root itself, which is no job', () => {
    const [image, control] = [ran({ stdout: 'dev' }), ran({ stdout: 'bin' })];
    const surroundings = { why: 'lists /', lacking: null };
    expect(judged('start-only', image, control, surroundings)).toEqual({
      status: 'passed',
      strength: 'start',
      detail:
        'starts, and ends with exit code 0, as on this machine; its output is another, since it lists /; no job was tried',
    });
    expect(judged('check', image, control, surroundings).status).toBe('unclear');
    // Where something else is missing, or the program says so, it need not be that.
    const beside = { ...surroundings, lacking: '/etc/x' };
    expect(judged('start-only', image, control, beside).status).toBe('unclear');
    const failing = ran({ stdout: 'dev\nfatal: cannot open x' });
    expect(judged('start-only', failing, control, surroundings).status).toBe('unclear');
    const [imageEnds1, controlEnds1] = [ran({ code: 1, stdout: 'dev' }), ran({ code: 1, stdout: 'bin' })];
    expect(judged('start-only', imageEnds1, controlEnds1, surroundings).status).toBe('unclear');
    // Of stderr and of its end it explains nothing.
    expect(judged('start-only', ran({ stderr: 'a' }), control, surroundings).status).toBe('failed');
    expect(judged('start-only', ran({ code: 1, stdout: 'dev' }), control, surroundings).status).toBe(
      'failed',
    );
  });

  it('is unclear where a program that lives tells of a failure that it does not tell of elsewhere', () => {
    const verdict = start({ alive: true, stderr: '/x: No such file or directory' }, { alive: true });
    expect(verdict).toEqual({
      status: 'unclear',
      strength: 'none',
      detail:
        'is still alive after 2 s, as on this machine, but says "/x: No such file or directory", and on this machine nothing of that',
    });
  });

  it('is unclear where the program says in both that something failed, unless it listens all the same', () => {
    for (const end of [{ code: 0 }, { alive: true }]) {
      const both = { ...end, stderr: '/x: No such file or directory' };
      expect(start(both, both)).toMatchObject({ status: 'unclear', strength: 'none' });
      expect(start(both, null).status).toBe('unclear');
    }
    const server = { alive: true, listens: 'tcp 0.0.0.0:80', stderr: '/x: No such file or directory' };
    expect(start(server, server).status).toBe('passed');
  });

  it('says on what a server listens', () => {
    const server = { alive: true, listens: 'tcp 0.0.0.0:80 after 7 ms' };
    expect(start(server, server).detail).toBe(
      'starts, and takes connections on tcp 0.0.0.0:80 after 7 ms, as on this machine; no job was tried',
    );
  });

  it('is unclear where only a driver’s library is missing', () => {
    const problems = ['error while loading shared libraries: libcuda.so.1'];
    const verdict = start({ code: 127, problems, lacksDriver: 'libcuda.so.1' }, { code: 127, problems });
    expect(verdict).toMatchObject({ status: 'unclear', strength: 'none' });
    expect(verdict.detail).toContain('libcuda.so.1');
  });

  it('is unclear where the run was another than an engine would make', () => {
    const verdict = start({ unfaithful: ['the setuid bit of /x had no effect'] }, {});
    expect(verdict).toMatchObject({ status: 'unclear', strength: 'none' });
    expect(verdict.detail).toContain('the setuid bit of /x had no effect');
    expect(start({ code: 1, unfaithful: ['x'] }, {}).status).toBe('failed');
  });

  it('is unclear where the program does nothing in either', () => {
    const verdict = start({ code: 1, stderr: 'wants a file' }, { code: 1, stderr: 'wants a file' });
    expect(verdict).toEqual({
      status: 'unclear',
      strength: 'none',
      detail: 'ends with exit code 1 on this machine as well, saying "wants a file": it was not exercised',
    });
    // Neither a failure elsewhere nor one here is a yes, in whatever they differ.
    expect(start({ code: 1, stderr: 'a' }, { code: 1, stderr: 'b' }).status).toBe('unclear');
    expect(start({ code: 2 }, { code: 1 }).status).toBe('unclear');
    expect(start({ code: 0 }, { code: 1 }).status).toBe('unclear');
    expect(start({ usage: true, stdout: 'Usage: x' }, { usage: true, stdout: 'Usage: x' }).status).toBe(
      'unclear',
    );
  });

  it('is unclear without a control when it does not end well, and passes when it does', () => {
    expect(start({ code: 1 }, null)).toMatchObject({ status: 'unclear', strength: 'none' });
    expect(start({ code: 0 }, null)).toMatchObject({ status: 'passed', strength: 'start' });
    expect(start({ usage: true }, null).status).toBe('unclear');
  });

  it('fails whatever the control does when it was ended before its own code', () => {
    const problems = ['error while loading shared libraries: x'];
    expect(start({ code: 127, problems }, { code: 127, problems })).toMatchObject({
      status: 'failed',
      detail:
        'error while loading shared libraries: x; nor does it pass on this machine, where it ends with exit code 127',
    });
    expect(start({ code: 127, problems }, {}).detail).toBe('error while loading shared libraries: x');
    expect(start({ code: 127, problems }, null).status).toBe('failed');
  });
});

describe('a check', () => {
  const job: CommandCheck = { ...START_ONLY, name: 'job', args: ['-c', 'x'] };
  const expecting: Check = { ...job, expectedOutput: [{ source: 'x' }] };
  const check = (image: Run, control: Run | null, of: Check = job): ReturnType<typeof verdictOf> =>
    judged('check', ran({ ...image, check: of }), control === null ? null : ran({ ...control, check: of }));

  it('is equal when a job does the same, and checked when it expects something that holds', () => {
    expect(check({ stdout: 'x' }, { stdout: 'x' })).toEqual({
      status: 'passed',
      strength: 'equal',
      detail: 'exit code 0, as on this machine',
    });
    expect(check({ stdout: 'x' }, { stdout: 'x' }, expecting).strength).toBe('checked');
    expect(check({ code: 3 }, { code: 3 }, { ...job, exitCode: 3 }).strength).toBe('checked');
    for (const patterns of ['excludedOutput', 'expectedError', 'excludedError'])
      expect(check({}, {}, { ...job, [patterns]: [{ source: 'x' }] }).strength).toBe('checked');
  });

  it('is not equal in what could not be compared', () => {
    const rows = ran({ stdout: 'a\nb', check: job });
    const comparison = compareOutcomes([rows.outcome, ran({ stdout: 'a' }).outcome], rows.outcome, WHERE);
    const control = { ran: rows, comparison, where: WHERE };
    const verdict = (image: RanCheck): ReturnType<typeof verdictOf> =>
      verdictOf({ kind: 'check', image, control, surroundings: null });
    expect(verdict(rows)).toMatchObject({ status: 'passed', strength: 'start' });
    expect(verdict(rows).detail).toContain('not compared: stdout: two runs');
    expect(verdict({ ...rows, check: expecting }).strength).toBe('checked');
  });

  it('fails when the image does something else', () => {
    expect(check({ stdout: 'y' }, { stdout: 'x' })).toMatchObject({
      status: 'failed',
      detail: 'stdout says "y" in line 1, and on this machine "x"',
    });
    expect(check({ stderr: 'warning' }, {}, expecting).status).toBe('failed');
    // What it expects of stdout holds: the rest of it is the user's to judge.
    const differs = check({ stdout: 'x 1' }, { stdout: 'x 2' }, expecting);
    expect(differs).toMatchObject({ status: 'passed', strength: 'checked' });
    expect(differs.detail).toContain('on this machine "x 2"');
  });

  it('fails by its own expectations, and says whether they hold elsewhere', () => {
    const problems = ['exit code 1, expected 0'];
    expect(check({ code: 1, problems }, {}).detail).toBe(
      'exit code 1, expected 0 (on this machine it passes)',
    );
    expect(check({ code: 1, problems }, { code: 1, problems }).detail).toBe(
      'exit code 1, expected 0; nor does it pass on this machine, where it ends with exit code 1',
    );
    expect(check({ code: 1, problems }, null)).toMatchObject({ status: 'failed', detail: problems[0] });
  });

  it('claims no more than it knows where nothing could be compared', () => {
    expect(check({}, null)).toMatchObject({ status: 'passed', strength: 'start' });
    expect(check({}, null, expecting).strength).toBe('checked');
    const only = check({}, { code: 1, problems: ['exit code 1, expected 0'] });
    expect(only).toMatchObject({ status: 'unclear', strength: 'none' });
    expect(only.detail).toContain('on this machine ends with exit code 1');
    const failing = { code: 1, problems: ['exit code 1, expected 0'] };
    expect(check({ stdout: 'x' }, failing, expecting).strength).toBe('checked');
  });
});
