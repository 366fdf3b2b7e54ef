import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  BUILD_LIMIT_MS,
  buildImage,
  type BuiltImage,
  type Example,
  type ExampleCheck,
  listExamples,
  morsel,
} from '../built-cli.ts';
import { type Engine, startDocker, startPodman } from '../engines.ts';
import { hasTool, requireInCi } from '../reference-tools.ts';
import { runTool, runToolOk } from '../run-tool.ts';

/**
 * The archives that the CLI writes, in the engines and tools that users have. Nothing here knows how morsel works: the
 * expected output is the examples' own.
 */
const isRoot = requireInCi('root, for engines of our own', process.getuid?.() === 0);
const work = mkdtempSync(join(tmpdir(), 'morsel-engines-'));
const examples = listExamples();
const builds = new Map<string, Promise<BuiltImage>>();

/** Each example is built once, when its first test asks. */
function built(example: Example): Promise<BuiltImage> {
  const existing = builds.get(example.name);
  if (existing !== undefined) return existing;
  const archive = join(work, `${example.name}.tar`);
  const building = buildImage([example.directory, '-t', `e2e/${example.name}:1`, '-o', archive]);
  builds.set(example.name, building);
  return building;
}

/** A check that a plain `docker run --network none` can do: it starts, ends, and prints. */
function isPlain(check: ExampleCheck): boolean {
  return (
    check.start === undefined &&
    // An engine's client gives no terminal where it has none itself.
    !('tty' in check) &&
    (check.command !== undefined || check.args !== undefined || 'expectedOutput' in check)
  );
}

async function expectCheck(engine: Engine, image: string, check: ExampleCheck): Promise<void> {
  const flags = Object.entries(check.env ?? {}).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
  const [program, ...rest] = check.command ?? [];
  if (program !== undefined) flags.push('--entrypoint', program);
  const result = await engine.run(image, [...rest, ...(check.args ?? [])], { flags, stdin: check.stdin });
  const said = `${engine.name}: ${check.name}: ${result.stdout}${result.stderr}`;
  expect(result.exitCode, said).toBe(check.exitCode ?? 0);
  for (const pattern of check.expectedOutput ?? [])
    expect(result.stdout, said).toMatch(new RegExp(pattern, 'm'));
  for (const pattern of check.excludedOutput ?? [])
    expect(result.stdout, said).not.toMatch(new RegExp(pattern, 'm'));
  for (const pattern of check.expectedError ?? [])
    expect(result.stderr, said).toMatch(new RegExp(pattern, 'm'));
}

afterAll(() => {
  rmSync(work, { recursive: true, force: true });
});

it('finds the examples', () => {
  expect(examples.map((example) => example.name)).toEqual(
    expect.arrayContaining(['c-hello', 'go-hello', 'rust-hello']),
  );
});

const ENGINES = [
  { name: 'docker', isHere: isRoot && hasTool('dockerd') && hasTool('docker'), start: startDocker },
  { name: 'podman', isHere: isRoot && hasTool('podman'), start: startPodman },
];

describe.each(ENGINES)('$name', ({ name, isHere, start }) => {
  let engine: Engine;

  beforeAll(async () => {
    if (isHere) engine = await start(join(work, name));
  });

  afterAll(async () => {
    if (isHere) await engine.stop();
  });

  it.skipIf(!isHere).each(examples)(
    'loads and runs $name',
    async (example) => {
      const image = await built(example);
      expect(await engine.load(image.image.path)).toContain(`e2e/${example.name}:1`);
      const checks = example.checks.filter(isPlain);
      for (const check of checks) await expectCheck(engine, `e2e/${example.name}:1`, check);
      // An example of servers only would otherwise be loaded and never started.
      if (checks.length === 0) expect(example.checks.some((check) => check.start !== undefined)).toBe(true);
    },
    BUILD_LIMIT_MS,
  );
});

describe('tools that read images', () => {
  it.skipIf(!hasTool('skopeo')).each(examples)(
    'skopeo reads $name as an OCI archive and as a docker archive',
    async (example) => {
      const image = await built(example);
      const oci = JSON.parse(
        await runToolOk('skopeo', ['inspect', `oci-archive:${image.image.path}`]),
      ) as SkopeoImage;
      expect(oci).toMatchObject({
        Digest: image.digest,
        Os: 'linux',
        Architecture: image.platform.split('/')[1],
      });
      const inspected = await runToolOk('skopeo', ['inspect', `docker-archive:${image.image.path}`]);
      const docker = JSON.parse(inspected) as SkopeoImage;
      expect(docker.Layers).toHaveLength(oci.Layers.length);
    },
    BUILD_LIMIT_MS,
  );

  it.skipIf(!hasTool('tar')).each(examples)(
    'GNU tar lists $name and its layer without a complaint',
    async (example) => {
      const image = await built(example);
      const layout = await unpackArchive(image.image.path, example.name);
      for (const layer of layersOf(layout)) {
        const listed = await runTool('tar', ['-tvf', layer]);
        expect(listed).toMatchObject({ exitCode: 0, stderr: '' });
        for (const file of image.files) expect(listed.stdout).toContain(` ${file.path.slice(1)}`);
      }
    },
    BUILD_LIMIT_MS,
  );

  it.skipIf(!hasTool('umoci') || !isRoot).each(examples)(
    'umoci unpacks $name to the files that the report names',
    async (example) => {
      const image = await built(example);
      const layout = await unpackArchive(image.image.path, example.name);
      const bundle = join(work, `bundle-${example.name}`);
      await runToolOk('umoci', ['unpack', '--image', `${layout}:${refName(layout)}`, bundle]);
      const found = readdirSync(join(bundle, 'rootfs'), { recursive: true, encoding: 'utf8' }).map(
        (path) => `/${path}`,
      );
      const reported = image.files.map((file) => file.path).filter((path) => path !== '/');
      expect(found).toEqual(expect.arrayContaining(reported));
      // Beside them only the folders that lead to them.
      expect(found.filter((path) => !reported.some((file) => `${file}/`.startsWith(`${path}/`)))).toEqual([]);
      rmSync(bundle, { recursive: true, force: true });
    },
    BUILD_LIMIT_MS,
  );

  it.skipIf(!hasTool('skopeo') || !hasTool('umoci') || !isRoot)(
    'a layout is read as an archive is',
    async () => {
      const example = examples.find((one) => one.name === 'c-hello') as Example;
      const archive = await built(example);
      const layout = join(work, 'layout');
      const image = await buildImage([example.directory, '-t', `e2e/${example.name}:1`, '-o', `${layout}/`]);
      expect(image.digest).toBe(archive.digest);
      const inspected = JSON.parse(
        await runToolOk('skopeo', ['inspect', `oci:${layout}:${refName(layout)}`]),
      ) as SkopeoImage;
      expect(inspected.Digest).toBe(image.digest);
      await runToolOk('umoci', [
        'unpack',
        '--image',
        `${layout}:${refName(layout)}`,
        join(work, 'layout-bundle'),
      ]);
    },
  );

  it('prints one line, the reference with its digest', async () => {
    const example = examples.find((one) => one.name === 'c-hello') as Example;
    const image = await built(example);
    const result = await morsel([
      'build',
      example.directory,
      '-t',
      `e2e/${example.name}:1`,
      '-o',
      join(work, 'line.tar'),
    ]);
    expect(result.stdout).toBe(`e2e/${example.name}:1@${image.digest}\n`);
  });
});

interface SkopeoImage {
  readonly Digest: string;
  readonly Layers: readonly string[];
}

async function unpackArchive(archive: string, name: string): Promise<string> {
  const layout = join(work, `unpacked-${name}`);
  mkdirSync(layout, { recursive: true });
  await runToolOk('tar', ['-C', layout, '-xf', archive]);
  return layout;
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

interface LayoutIndex {
  readonly manifests: readonly {
    readonly digest: string;
    readonly annotations?: Readonly<Record<string, string>>;
  }[];
}

function refName(layout: string): string {
  const index = readJson(join(layout, 'index.json')) as LayoutIndex;
  return index.manifests[0]?.annotations?.['org.opencontainers.image.ref.name'] ?? '';
}

function layersOf(layout: string): readonly string[] {
  const index = readJson(join(layout, 'index.json')) as LayoutIndex;
  const blob = (digest: string): string => join(layout, 'blobs', digest.replace(':', '/'));
  const manifest = readJson(blob(index.manifests[0]?.digest ?? '')) as {
    layers: readonly { digest: string }[];
  };
  return manifest.layers.map((layer) => blob(layer.digest));
}
