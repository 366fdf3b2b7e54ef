import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  BUILD_LIMIT_MS,
  buildImage,
  cleanEnvironment,
  CLI,
  copyCli,
  nodeForOthers,
  type Example,
  listExamples,
  nodeFolder,
  type BuiltImage,
} from '../built-cli.ts';
import { requireInCi } from '../reference-tools.ts';
import { runTool } from '../run-tool.ts';

/**
 * The same source gives the same manifest digest, whatever surrounds the build. Each build here is of a fresh copy of the
 * source in another folder, from an empty target folder.
 */
const isRoot = requireInCi('root, to build as another user', process.getuid?.() === 0);
const work = mkdtempSync(join(tmpdir(), 'morsel-reproducible-'));
const examples = listExamples();

/** One of each compiler; all of them with `npm run test:all`. */
const SAMPLE = ['c-hello', 'c-make', 'cpp-hello', 'rust-hello', 'go-hello'];
const chosen =
  process.env['MORSEL_TEST_ALL'] === '1' ? examples : examples.filter(({ name }) => SAMPLE.includes(name));

/** An ordinary user of the machine that owns nothing (`nobody`). */
const NOBODY = { uid: 65534, gid: 65534 };

beforeAll(() => {
  // Others may pass, so that `nobody` reaches its own folder.
  chmodSync(work, 0o755);
});

afterAll(async () => {
  await runTool('chmod', ['-R', 'u+w', work]); // Go keeps its module cache read-only
  rmSync(work, { recursive: true, force: true });
});

/** Only what a fresh clone has: no target folder and no object file of an earlier build. */
function copySource(example: Example, to: string): string {
  const directory = join(work, to, example.name);
  mkdirSync(directory, { recursive: true });
  const isBuilt = /(^|\/)(target|build|node_modules|\.morsel)(\/|$)|\.(o|tar)$/;
  cpSync(example.directory, directory, {
    recursive: true,
    filter: (path) => !isBuilt.test(path.slice(example.directory.length)),
  });
  return directory;
}

function build(
  example: Example,
  directory: string,
  more: Readonly<Record<string, string>> = {},
): Promise<BuiltImage> {
  const output = join(directory, '..', `${example.name}-out.tar`);
  return buildImage([directory, '-t', `same/${example.name}:1`, '-o', output, '--no-prove'], {
    cwd: directory,
    env: cleanEnvironment(more),
  });
}

describe.each(chosen)('$name', (example) => {
  let reference: BuiltImage;

  beforeAll(async () => {
    reference = await build(example, copySource(example, 'reference'));
  }, BUILD_LIMIT_MS);

  it(
    'has the same digest in another folder, zone, language, umask and order of files, at another time',
    async () => {
      const directory = copySource(example, 'another/deeper/folder with a space');
      for (const entry of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
        const path = join(directory, entry);
        utimesSync(path, 1_600_000_000, 1_600_000_000);
        // What umask 077 would have made of a checkout.
        chmodSync(path, statSync(path).mode & 0o700);
      }
      const before = process.umask(0o077);
      try {
        const image = await build(example, directory, {
          TZ: 'Asia/Kathmandu',
          LANG: 'tr_TR.UTF-8',
          LC_ALL: 'tr_TR.UTF-8',
        });
        expect(image).toMatchObject({
          rung: reference.rung,
          files: reference.files,
          digest: reference.digest,
        });
      } finally {
        process.umask(before);
      }
    },
    BUILD_LIMIT_MS,
  );
});

describe('for an ordinary user', () => {
  const home = join(work, 'nobody');
  const env = { HOME: home, PATH: `${nodeFolder()}:/usr/local/bin:/usr/bin:/bin` };

  beforeAll(async () => {
    await runTool('install', ['-d', '-m', '700', '-o', String(NOBODY.uid), '-g', String(NOBODY.gid), home]);
  });

  async function buildAsNobody(path: string, name: string): Promise<BuiltImage> {
    const args = ['build', path, '-t', name, '-o', join(home, 'user.tar'), '--no-prove', '--format', 'json'];
    const user = await runTool(nodeForOthers(work), [copyCli(work), ...args], { env, cwd: home, ...NOBODY });
    expect(user.exitCode, user.stderr).toBe(0);
    return JSON.parse(user.stdout) as BuiltImage;
  }

  it.skipIf(!isRoot)('a ready binary has the digest that root gets', async () => {
    const root = await buildImage(['/bin/ls', '-t', 'same/ls:1', '-o', join(work, 'root.tar'), '--no-prove']);
    const user = await buildAsNobody('/bin/ls', 'same/ls:1');
    expect(user).toMatchObject({ digest: root.digest, files: root.files });
  });

  it.skipIf(!isRoot)('a C project has the digest that root gets', async () => {
    const example = examples.find(({ name }) => name === 'c-make') as Example;
    const root = await build(example, copySource(example, 'of-root'));
    const source = copySource(example, 'nobody/source');
    await runTool('chown', ['-R', `${NOBODY.uid}:${NOBODY.gid}`, join(home, 'source')]);
    const user = await buildAsNobody(source, `same/${example.name}:1`);
    expect(user).toMatchObject({ rung: root.rung, digest: root.digest, files: root.files });
  });
});

describe('from one ready binary', () => {
  const args = (output: string): string[] => [
    'build',
    '/bin/ls',
    '-t',
    'same/ls:1',
    '-o',
    output,
    '--no-prove',
    '--format',
    'json',
  ];

  it(
    'has the same digest on every Node of this machine and of npm',
    async () => {
      const here = await buildImage([
        '/bin/ls',
        '-t',
        'same/ls:1',
        '-o',
        join(work, 'here.tar'),
        '--no-prove',
      ]);
      const majors = ['20', '24'].filter((major) => !process.version.startsWith(`v${major}.`));
      expect(majors).not.toHaveLength(2);
      for (const major of majors) {
        const command = ['node', CLI, ...args(join(work, `node${major}.tar`))]
          .map((word) => `'${word}'`)
          .join(' ');
        const result = await runTool('npm', ['exec', '--yes', `--package=node@${major}`, '-c', command], {
          cwd: work,
        });
        expect(result.exitCode, result.stderr).toBe(0);
        expect(JSON.parse(result.stdout), `Node ${major}`).toMatchObject({ digest: here.digest });
      }
    },
    BUILD_LIMIT_MS,
  );

  it('follows SOURCE_DATE_EPOCH, and nothing else that tells the time', async () => {
    const build = (epoch: string): Promise<BuiltImage> =>
      buildImage(['/bin/ls', '-t', 'same/ls:1', '-o', join(work, `epoch-${epoch}.tar`), '--no-prove'], {
        env: cleanEnvironment({ SOURCE_DATE_EPOCH: epoch }),
      });
    const [zero, later, again] = [await build('0'), await build('1700000000'), await build('1700000000')];
    expect(later.digest).not.toBe(zero.digest);
    expect(again.digest).toBe(later.digest);
  });
});
