import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanEnvironment, ROOT } from '../built-cli.ts';
import { runTool, runToolOk } from '../run-tool.ts';

/** The npm package as a user gets it: packed, then installed elsewhere. */
const work = mkdtempSync(join(tmpdir(), 'morsel-package-'));
const INSTALL_LIMIT_MS = 300_000;
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };

let tarball: string;
let contents: readonly string[];

beforeAll(async () => {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', work];
  const packed = JSON.parse(await runToolOk('npm', args, { cwd: ROOT })) as Packed[] | Record<string, Packed>;
  const only = Object.values(packed)[0] as Packed;
  tarball = join(work, only.filename);
  contents = only.files.map((file) => file.path).sort();
}, INSTALL_LIMIT_MS);

afterAll(() => {
  rmSync(work, { recursive: true, force: true });
});

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

describe('the packed package', () => {
  it('holds what users need', () => {
    const needed = [
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
      'package.json',
      'dist/cli.cjs',
      'dist/index.js',
      'dist/index.d.ts',
    ];
    expect(contents).toEqual(
      expect.arrayContaining([
        ...needed,
        'dist/LICENSES.txt',
        'schema/morsel.schema.json',
        'schema/build.schema.json',
      ]),
    );
  });

  it('holds no test, no source, no script and no example', () => {
    const allowed =
      /^(dist\/.*\.(js|d\.ts|cjs|txt)|schema\/.*\.json|docs\/(reference\/.*\.md|man\/morsel\.1)|README\.md|LICENSE|CHANGELOG\.md|package\.json)$/;
    expect(contents.filter((path) => !allowed.test(path))).toEqual([]);
    expect(contents.filter((path) => /\.test\./.test(path))).toEqual([]);
  });

  it('names nothing in package.json that it does not hold', () => {
    const json = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as PackageJson;
    const targets = Object.values(json.exports).flatMap((entry) =>
      typeof entry === 'string' ? [entry] : Object.values(entry),
    );
    for (const target of [...targets, ...Object.values(json.bin)])
      expect(contents).toContain(target.replace(/^\.\//, ''));
  });

  it('names no folder of the machine that packed it', async () => {
    const text = await runToolOk('tar', ['-xzOf', tarball]);
    expect(text.includes(ROOT)).toBe(false);
  });
});

interface PackageJson {
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}

describe('the installed package', () => {
  it(
    'works after npm install -g, with an empty environment',
    async () => {
      const prefix = join(work, 'prefix');
      const args = ['install', '-g', '--prefix', prefix, '--no-audit', '--no-fund', tarball];
      await runToolOk('npm', args, { cwd: work, timeoutMs: INSTALL_LIMIT_MS });
      const command = join(prefix, 'bin/morsel');
      const result = await runTool(command, ['--version'], { cwd: work, env: cleanEnvironment() });
      expect(result).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
      // ldd reads real bytes through the whole stack, library included.
      const ldd = await runTool(command, ['ldd', process.execPath, '--format', 'json'], {
        cwd: work,
        env: cleanEnvironment(),
      });
      expect(ldd, ldd.stderr).toMatchObject({ exitCode: 0 });
      expect(JSON.parse(ldd.stdout)).toMatchObject({ path: process.execPath, missing: [] });
    },
    INSTALL_LIMIT_MS,
  );

  it(
    'works by npx from the tarball',
    async () => {
      const args = ['exec', '--yes', `--package=${tarball}`, '--', 'morsel', '--version'];
      // CI runs this under an `npm exec` of its own, whose options would come through the environment.
      const inherited = Object.entries(process.env).filter(
        ([name]) => !/^npm_config_(call|package)$/i.test(name),
      );
      const env = { ...Object.fromEntries(inherited), npm_config_cache: join(work, 'npx-cache') };
      expect(await runToolOk('npm', args, { cwd: work, env, timeoutMs: INSTALL_LIMIT_MS })).toBe(
        `${version}\n`,
      );
    },
    INSTALL_LIMIT_MS,
  );

  it(
    'is a library with types: every export of package.json can be imported, and a strict program compiles against it',
    async () => {
      const project = join(work, 'project');
      mkdirSync(project, { recursive: true });
      await runToolOk('npm', ['init', '-y'], { cwd: project });
      await runToolOk('npm', ['install', '--no-audit', '--no-fund', tarball], {
        cwd: project,
        timeoutMs: INSTALL_LIMIT_MS,
      });
      const program = `
        import { build, compare, inspect } from 'morsel';
        import * as elf from 'morsel/elf';
        import * as oci from 'morsel/oci';
        console.log([build, compare, inspect].map((one) => typeof one).join(), typeof elf, typeof oci);`;
      const output = await runToolOk(process.execPath, ['--input-type=module', '-e', program], {
        cwd: project,
      });
      expect(output).toBe('function,function,function object object\n');
      await compileAgainst(project, program);
    },
    INSTALL_LIMIT_MS,
  );

  it(
    'works after npm install -g of the checkout itself',
    async () => {
      const prefix = join(work, 'linked');
      await runToolOk('npm', ['install', '-g', '--ignore-scripts', '--prefix', prefix, ROOT], { cwd: work });
      expect(await runToolOk(join(prefix, 'bin/morsel'), ['--version'], { env: cleanEnvironment() })).toBe(
        `${version}\n`,
      );
    },
    INSTALL_LIMIT_MS,
  );
});

/** The declarations, read as a user's compiler reads them: NodeNext, strict, library files checked. */
async function compileAgainst(project: string, program: string): Promise<void> {
  writeFileSync(join(project, 'use.mts'), program);
  const options = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2022', '--lib', 'es2023'];
  const types = ['--types', 'node', '--typeRoots', join(ROOT, 'node_modules/@types')];
  const result = await runTool(join(ROOT, 'node_modules/.bin/tsc'), [...options, ...types, 'use.mts'], {
    cwd: project,
  });
  expect(result.stdout).toBe('');
  expect(result.exitCode).toBe(0);
}
