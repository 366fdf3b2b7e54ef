import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { listBelow } from '../left-behind.ts';
import { requireInCi } from '../reference-tools.ts';
import { itFails, itFailsAsAll } from './contract.ts';
import { documentOf, evidenceIn, failureOf } from './documents.ts';
import { SANDBOXES } from '../../src/core/choices.ts';
import { Targets } from './targets.ts';

const targets = new Targets();
afterAll(() => targets.remove());
const isRoot = requireInCi('root, for sandboxes', process.getuid?.() === 0);

const output = join(targets.place.work, 'built.tar');
const build = (...args: readonly string[]) => targets.morsel('build', '-o', output, ...args);

async function buildJson(...args: readonly string[]) {
  const result = await build(...args, '--format', 'json');
  const built = documentOf('build', result);
  expect(result).toMatchObject({ exitCode: 0, stderr: '' });
  return built;
}

function project(name: string, files: Readonly<Record<string, string>>): string {
  for (const [path, content] of Object.entries(files)) targets.place.write(`${name}/${path}`, content, 0o644);
  return targets.path(name);
}

describe('text', () => {
  it('of a static program: one line, the reference with its digest; the report is on stderr', async () => {
    const { exitCode, stdout, stderr } = await build(targets.static(), '--no-prove', '-t', 'static:1');
    expect(stdout).toMatch(/^static:1@sha256:[0-9a-f]{64}\n$/);
    expect(stderr).toMatch(/^ {2}why not smaller: this is the lowest rung$/m);
    expect(exitCode).toBe(0);
  });

  it('of a dynamic program, quietly: nothing on stderr', async () => {
    const result = await build(targets.dynamic(), '--no-prove', '-q');
    expect(result.stdout).toMatch(/^program-gcc-o1@sha256:[0-9a-f]{64}\n$/i);
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('of what would be run', async () => {
    const { exitCode, stdout } = await build(
      '--plan',
      project('plan', { 'main.c': 'int main(void) { return 0; }' }),
    );
    expect(stdout).toMatch(/^static-glibc: .*gcc.*\n[^]*^closure: .*gcc/m);
    expect(exitCode).toBe(0);
  });
});

describe('JSON', () => {
  it('of a static program', async () => {
    expect(await buildJson(targets.static(), '--no-prove')).toMatchObject({
      rung: 'static-glibc',
      link: 'static',
      libc: 'glibc',
      image: { kind: 'archive', path: output },
      size: { files: 1 },
      proof: { status: 'skipped', sandbox: null },
    });
  });

  it('of a dynamic program: its libraries, each with its reason', async () => {
    const { rung, files } = await buildJson(targets.dynamic(), '--no-prove');
    expect(rung).toBe('closure');
    const library = files.find(({ path }) => path.endsWith('/libc.so.6'));
    expect(library?.reason).toMatch(/needed by/);
  });

  it('of a program for another machine', async () => {
    expect(await buildJson(targets.foreign(), '--no-prove')).toMatchObject({ platform: 'linux/s390x' });
  });

  it('into a layout', async () => {
    const result = await targets.morsel(
      'build',
      targets.static(),
      '--no-prove',
      '-o',
      'layout/',
      '--format',
      'json',
    );
    expect(documentOf('build', result).image).toMatchObject({ kind: 'layout' });
    expect(existsSync(join(targets.place.output, 'layout/oci-layout'))).toBe(true);
  });

  it.skipIf(!isRoot)('of a proof', async () => {
    const { proof } = await buildJson(targets.static());
    expect(proof).toMatchObject({ status: 'passed', checks: [{ name: 'starts', status: 'passed' }] });
    expect(SANDBOXES).toContain(proof.sandbox);
  });

  it('of what would be run', async () => {
    const path = project('plan-json', { 'main.c': 'int main(void) { return 0; }' });
    const result = await build('--plan', path, '--format', 'json');
    const plans = documentOf('build-plan', result);
    expect(plans.map(({ rung }) => rung)).toEqual(['static-musl', 'static-glibc', 'closure']);
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('of what would be written for an executable', async () => {
    const path = targets.static();
    const plans = documentOf('build-plan', await build('--plan', path, '--format', 'json'));
    expect(plans).toMatchObject([
      { rung: 'static-glibc', outcome: { kind: 'ready', path }, image: { placement: 'scratch' } },
    ]);
    expect(plans[0]?.image?.files.map(({ reason }) => reason)).toEqual(['the program']);
  });
});

describe('evidence', () => {
  const evidence = output.replace(/\.tar$/, '.evidence.json');

  it('lies beside an archive: what the result says, and the same bytes again', async () => {
    const built = await buildJson(targets.dynamic(), '--no-prove', '-t', 'dynamic:1');
    const { image, files, program, proof, rejected } = evidenceIn(evidence);
    expect(image).toEqual({
      digest: built.digest,
      references: ['dynamic:1'],
      platform: built.platform,
    });
    expect(files).toEqual(built.files);
    expect(rejected).toEqual(built.rejected);
    expect(program).toMatchObject({ rung: 'closure', toolchain: null });
    expect(proof).toMatchObject({ status: 'skipped', isolation: [] });
    const bytes = readFileSync(evidence);
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    expect(built.evidence).toEqual({ digest, path: evidence });
    await buildJson(targets.dynamic(), '--no-prove', '-t', 'dynamic:1');
    expect(readFileSync(evidence).equals(bytes)).toBe(true);
  });

  it('says what a program wants, and where that was seen', async () => {
    await buildJson(targets.dynamic(), '--no-prove');
    for (const need of evidenceIn(evidence).needs) expect(need.evidence).not.toBe('');
  });

  it('is a referrer in a layout, which has no other image by it', async () => {
    const layout = join(targets.place.work, 'referred');
    const words = ['build', targets.static(), '--no-prove', '-q', '-t', 'one:1', '-o', `${layout}/`];
    const built = documentOf('build', await targets.morsel(...words, '--format', 'json'));
    const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as {
      manifests: { digest: string; artifactType?: string }[];
    };
    const blob = (digest: string): Buffer => readFileSync(join(layout, 'blobs', digest.replace(':', '/')));
    const [image, referrer] = index.manifests;
    expect(image?.digest).toBe(built.digest);
    expect(referrer?.artifactType).toBe('application/vnd.morsel.evidence.v1+json');
    const manifest = JSON.parse(blob(referrer?.digest ?? '').toString()) as {
      subject: { digest: string };
      layers: { digest: string }[];
    };
    expect(manifest.subject.digest).toBe(built.digest);
    expect(manifest.layers.map(({ digest }) => digest)).toEqual([built.evidence?.digest]);
    expect(built.evidence?.path).toBeNull();
    const { exitCode, stdout } = await targets.morsel('inspect', `oci:${layout}`, '--format', 'json');
    expect([exitCode, JSON.parse(stdout)]).toMatchObject([0, { kind: 'image' }]);
  });

  it('changes nothing of the image, and is left out when asked', async () => {
    const path = join(targets.place.work, 'bare.tar');
    const words = ['build', targets.static(), '--no-prove', '-q', '-t', 'x', '-o', path];
    const without = await targets.morsel(...words, '--no-evidence', '--format', 'json');
    const { digest, evidence: kept } = documentOf('build', without);
    expect(kept).toBeNull();
    expect(existsSync(path.replace('.tar', '.evidence.json'))).toBe(false);
    const bytes = readFileSync(path);
    expect(documentOf('build', await targets.morsel(...words, '--format', 'json')).digest).toBe(digest);
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });
});

describe('the answer is no', () => {
  const failing = { name: 'failing', checks: [{ name: 'greets', expectedOutput: ['good day'] }] };
  itFails(targets, 'build', 1, {
    'a library that is nowhere': [() => [targets.lacking()], 'WONT_RUN'],
    'a limit that is exceeded': [
      () => [limited({ limits: { maxImageBytes: 1000 } }), '--no-prove', '--rung', 'static-glibc'],
      'SIZE_EXCEEDED',
    ],
    ...(isRoot && {
      'a proof that fails': [() => [limited(failing), '--rung', 'static-glibc'], 'PROOF_FAILED'],
    }),
  });

  function limited(configuration: object): string {
    return project('limited', {
      'main.c': 'int main(void) { return 0; }',
      'morsel.json': JSON.stringify(configuration),
    });
  }
});

describe('no answer', () => {
  itFails(targets, 'build', 2, {
    'a broken file': [() => [targets.broken()], 'ELF_INVALID'],
    'a text': [() => [targets.text()], 'NOT_AN_EXECUTABLE'],
    'an image': [async () => [await targets.image(targets.static())], 'NOT_AN_EXECUTABLE'],
    'a folder that is no project': [() => [targets.folder()], 'NO_PROJECT'],
    'what is not there': [() => [targets.absent()], 'NOT_FOUND'],
    'a configuration with a field that none has': [
      () => [project('wrong', { 'main.c': '', 'morsel.json': '{"frobnicate":1}' })],
      'CONFIG_INVALID',
    ],
    'a configuration with several problems': [
      () => [
        project('wrong-values', { 'main.c': '', 'morsel.json': '{"user":"root",\n"checks":[{"nmae":"x"}]}' }),
      ],
      'CONFIG_INVALID',
    ],
    'a field of another language': [
      () => [project('misfit', { 'main.c': 'int x;', 'morsel.json': '{"cargo":{"features":["x"]}}' })],
      'CONFIG_INVALID',
    ],
    'folders of headers that are not of the project': [
      () => [project('includes', { 'main.c': 'int x;', 'morsel.json': '{"c":{"includes":["../x"]}}' })],
      'CONFIG_INVALID',
    ],
    'a rung that cannot hold it': [() => [targets.dynamic(), '--rung', 'static-musl'], 'USAGE'],
    'a rung of another language': [
      () => [project('c', { 'main.c': 'int main(void) { return 0; }' }), '--rung', 'static-go'],
      'USAGE',
    ],
    'a choice among one program': [() => [targets.static(), '--bin', 'x'], 'USAGE'],
    'an archive that is no tar file': [() => [targets.static(), '-o', 'x.zip'], 'USAGE'],
    'a signal that is none': [() => [targets.static(), '--stop-signal', 'SIGFOO'], 'USAGE'],
    'a signal that Linux has not': [() => [targets.static(), '--stop-signal', '65'], 'USAGE'],
    'stdout and an engine at once': [() => [targets.static(), '-o', '-', '--load'], 'USAGE'],
    'a configuration that is there': [
      () => [project('there', { 'main.c': 'int x;', 'morsel.json': '{}' }), '--init-config'],
      'USAGE',
    ],
  });

  itFails(targets, 'build', 3, {
    'a program that does not compile': [
      () => [project('wrong-c', { 'main.c': 'int main(void) { return none; }' }), '--rung', 'static-glibc'],
      'COMPILE_FAILED',
    ],
  });

  it('an engine that does not take it: 4', async () => {
    for (const engine of ['docker', 'podman'])
      targets.place.write(`engine/${engine}`, '#!/bin/sh\necho no room >&2; exit 1\n');
    const env = { PATH: `${targets.path('engine')}:/usr/bin:/bin` };
    const args = ['build', targets.static(), '--no-prove', '-o', output, '--load', '--format', 'json'];
    const result = await targets.morselWith(env, ...args);
    expect(failureOf(result).code).toBe('ENGINE_FAILED');
    expect(result.exitCode).toBe(4);
  });

  it.skipIf(!isRoot)('a proof that is required, and no sandbox: 5', async () => {
    const args = ['build', targets.static(), '--require-proof', '-o', output, '--format', 'json'];
    const result = await targets.morselWithout(SANDBOXES, ...args);
    expect(failureOf(result).code).toBe('SANDBOX_MISSING');
    expect(result.exitCode).toBe(5);
  });

  it.skipIf(!isRoot)('a sandbox that is asked for by name, and is not here: 5', async () => {
    const args = ['build', targets.static(), '--sandbox', 'crun', '-o', output, '--format', 'json'];
    const result = await targets.morselWithout(['crun'], ...args);
    expect(failureOf(result).code).toBe('SANDBOX_MISSING');
    expect(result).toMatchObject({ exitCode: 5, stdout: '' });
  });

  it.skipIf(!isRoot)('a project whose compiler is not here: 5', async () => {
    const path = project('rust', {
      'Cargo.toml': '[package]\nname = "hello"\nversion = "1.0.0"\n',
      'src/main.rs': 'fn main() {}\n',
    });
    const result = await targets.morselWithout(
      ['cargo', 'rustc', 'rustup'],
      'build',
      path,
      '--format',
      'json',
    );
    expect(failureOf(result).code).toBe('TOOLCHAIN_MISSING');
    expect(result.exitCode).toBe(5);
  });

  it('an interruption: 130, and nothing on stdout', async () => {
    const marker = targets.path('compiling');
    const path = project('slow', {
      Makefile: `all: slow\nslow:\n\ttouch ${marker}; sleep 300; false\n`,
      'main.c': 'int main(void) { return 0; }\n',
    });
    const isCompiling = (): boolean => listBelow(targets.place.work).includes(marker);
    const result = await targets.interrupted(['build', path, '--format', 'json'], isCompiling);
    expect(failureOf(result).code).toBe('INTERRUPTED');
    expect(result.exitCode).toBe(130);
  });

  itFailsAsAll(targets, 'build', () => targets.static());
});
