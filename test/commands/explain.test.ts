import { mkdirSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { morsel } from '../built-cli.ts';
import { rawLayout, rawTar } from '../image-fixtures.ts';
import { itFails, itFailsAsAll } from './contract.ts';
import { documentOf } from './documents.ts';
import { Targets } from './targets.ts';

const targets = new Targets();
afterAll(() => targets.remove());

const ENOENT = 'exec /app: no such file or directory';

/** 1: the files show the cause, or nobody knows the text; 0: nothing found, or only possible causes. */
async function explained(exitCode: 0 | 1, ...args: readonly string[]): Promise<string> {
  const result = await targets.morsel('explain', ...args);
  expect(result).toMatchObject({ exitCode, stderr: '' });
  return result.stdout;
}

async function explainJson(exitCode: 0 | 1, ...args: readonly string[]) {
  const result = await targets.morsel('explain', ...args, '--format', 'json');
  const explanation = documentOf('explain', result);
  expect(result).toMatchObject({ exitCode, stderr: '' });
  return explanation;
}

describe('text', () => {
  it('of a static program', async () => {
    expect(await explained(0, targets.static())).toMatch(
      /^nothing found that would keep \/\S+ from starting\n$/,
    );
  });

  it('of a dynamic program alone', async () => {
    const text = await explained(1, targets.dynamic());
    expect(text).toMatch(/^1\. the program’s dynamic loader is not in the image/m);
    expect(text).toMatch(/^ {2}because: .+\n {2}fix: /m);
  });

  it('of a broken program', async () => {
    expect(await explained(1, targets.broken())).toMatch(/^\/broken is damaged$/m);
  });

  it('of a folder, which names no program', async () => {
    expect(await explained(1, targets.folder())).toContain('the image names no command');
  });

  it('of an error text alone: what it may be', async () => {
    expect(await explained(0, ENOENT)).toMatch(/^most likely: .+\n1\. .+ \(possible\)$/m);
  });

  it('of an error text that it does not know: that it does not', async () => {
    expect(await explained(1, 'the cat sat on the mat')).toMatch(/^this text is not one that morsel knows/);
  });

  it('of an error text from stdin', async () => {
    const env = targets.place.environment();
    const result = await morsel(['explain', '-'], { env, stdin: ENOENT });
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    expect(result.stdout).toMatch(/^most likely: /);
  });
});

describe('JSON', () => {
  it('of a static program', async () => {
    expect(await explainJson(0, targets.static())).toMatchObject({ certainty: 'none', causes: [] });
  });

  it('of a dynamic program alone', async () => {
    expect(await explainJson(1, targets.dynamic())).toMatchObject({
      certainty: 'decided',
      causes: [{ cause: 'missing-interpreter', status: 'confirmed' }, { cause: 'missing-library' }],
    });
  });

  it('of a broken program', async () => {
    expect(await explainJson(1, targets.broken())).toMatchObject({ certainty: 'decided' });
  });

  it('of a program for another machine, with what the kernel said', async () => {
    const explanation = await explainJson(1, targets.foreign(), 'exec /foreign: exec format error');
    expect(explanation).toMatchObject({ certainty: 'decided', causes: [{ cause: 'wrong-architecture' }] });
  });

  it('of a folder', async () => {
    expect(await explainJson(1, targets.folder())).toMatchObject({ certainty: 'decided' });
  });

  it('of an image in which all is well', async () => {
    const image = await targets.image(targets.dynamic());
    expect(await explainJson(0, image)).toMatchObject({ certainty: 'none', causes: [] });
  });

  it('of an image and a text that its files rule out', async () => {
    const text = 'standard_init_linux.go:228: exec user process caused: no such file or directory';
    const explanation = await explainJson(0, await targets.image(targets.static()), text);
    expect(explanation.recognised).not.toEqual([]);
    expect(explanation.ruledOut.map(({ cause }) => cause)).toContain('missing-interpreter');
  });

  it('of an image and a text that names a file which it does not have', async () => {
    const image = await targets.image(targets.static());
    for (const [text, cause] of [
      [ENOENT, 'command-not-found'],
      ['I cannot open /srv/data/x.dat', 'missing-file'],
    ] as const)
      expect(await explainJson(1, image, text)).toMatchObject({ certainty: 'decided', causes: [{ cause }] });
  });

  it('of a text that is not known', async () => {
    expect(await explainJson(1, 'the cat sat on the mat')).toMatchObject({
      certainty: 'none',
      recognised: [],
    });
    const image = await targets.image(targets.static());
    expect(await explainJson(1, image, 'the cat sat on the mat')).toMatchObject({ certainty: 'none' });
  });

  it('of an error text alone', async () => {
    const explanation = await explainJson(0, ENOENT);
    expect(explanation.certainty).toBe('possible');
    expect(explanation.causes[0]).toMatchObject({ cause: 'missing-interpreter', evidence: null });
  });
});

describe('a directory or link that an upper layer replaces', () => {
  const image = (): string => {
    const folder = targets.path('replaced');
    const program = readFileSync(targets.dynamic());
    const base = rawTar([
      { path: 'usr/lib64/ld-linux-x86-64.so.2', content: 'the loader', mode: 0o755 },
      { path: 'lib64', type: '2', link: 'usr/lib64' },
      { path: 'app', content: program, mode: 0o755 },
    ]);
    mkdirSync(folder, { recursive: true });
    rawLayout(folder, [base, rawTar([{ path: 'lib64/', type: '5', mode: 0o755 }])]);
    return folder;
  };

  it('is named where the loader was found through it', async () => {
    const explanation = await explainJson(1, image(), ENOENT);
    expect(explanation.causes[0]).toMatchObject({
      cause: 'missing-interpreter',
      evidence: expect.stringContaining(
        'layer 2 puts a directory in the place of /lib64, which was a link to usr/lib64',
      ),
    });
  });

  it('stands in the report of inspect', async () => {
    const { stdout } = await targets.morsel('inspect', image(), '--format', 'json');
    expect(JSON.parse(stdout)).toMatchObject({
      replaced: [{ path: '/lib64', was: 'a link to usr/lib64', is: 'a directory', layer: 2 }],
    });
    const text = await targets.morsel('inspect', image());
    expect(text.stdout).toContain('/lib64: a link to usr/lib64 before, a directory from layer 2 on');
  });
});

describe('no answer', () => {
  itFails(targets, 'explain', 2, {
    'an image whose layer is damaged': [async () => [await targets.damagedImage()], 'DIGEST_MISMATCH'],
    'no word at all': [() => [], 'USAGE'],
  });
  itFailsAsAll(targets, 'explain', () => targets.image(targets.static()));
});
