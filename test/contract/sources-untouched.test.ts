import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { detectProject, NO_PROJECT_SETTINGS, type SourceProject } from '../../src/project/index.ts';
import {
  completeProject,
  findTools,
  planRung,
  runCompilePlan,
  type Tools,
} from '../../src/toolchain/index.ts';
import { hasTool } from '../reference-tools.ts';

/** A build leaves the sources as they were: the same files, with the same bytes. Only cargo's `target` is the user's own. */
const EXAMPLES = join(import.meta.dirname, '../../examples');
const LIMIT_MS = 10 * 60 * 1000;
const root = mkdtempSync(join(tmpdir(), 'morsel-untouched-'));

let tools: Tools;
beforeAll(async () => {
  tools = await findTools();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** `path kind digest` of everything in a folder, but for what the user's own cargo keeps there. */
function contentsOf(directory: string, ignored: ReadonlySet<string>): readonly string[] {
  const all = readdirSync(directory, { recursive: true, withFileTypes: true });
  return all
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const name = path.slice(directory.length + 1);
      if (entry.isSymbolicLink()) return `${name} link ${readlinkSync(path)}`;
      if (entry.isDirectory()) return `${name} directory`;
      return `${name} file ${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
    })
    .filter((line) => !ignored.has(line.split(/[/ ]/, 1)[0] ?? ''))
    .toSorted();
}

const isSource = (path: string): boolean => !/\/(target|Cargo\.lock)(\/|$)/.test(path);

function copyOf(example: string): string {
  const to = join(root, example);
  cpSync(join(EXAMPLES, example), to, { recursive: true, filter: isSource });
  return to;
}

async function build(directory: string, name: string): Promise<void> {
  const detected = (await detectProject(directory)) as SourceProject;
  const project = await completeProject(detected, tools, { architecture: 'amd64' });
  const outcome = planRung(project, 'closure', tools, {
    profile: 'default',
    experimental: false,
    prepare: NO_PROJECT_SETTINGS.prepare,
    workDirectory: join(root, 'work', name),
    platform: { os: 'linux', architecture: 'amd64' },
  });
  if (outcome.kind === 'unavailable') throw new Error(outcome.reason);
  await runCompilePlan(outcome.plan);
}

describe('a build writes nothing into the sources', () => {
  it.for([
    ['c-hello', 'gcc'],
    ['cpp-hello', 'g++'],
    ['c-make', 'make'],
    ['c-cmake', 'cmake'],
    ['c-meson', 'meson'],
    ['c-autotools', 'autoreconf'],
    ['rust-hello', 'cargo'],
    ['go-hello', 'go'],
    ['go-cgo', 'go'],
  ] as const)('%s', { timeout: LIMIT_MS }, async ([example, tool], { skip }) => {
    if (process.arch !== 'x64') skip('the tools are asked for amd64');
    if (!hasTool(tool)) skip(`no ${tool}`);
    const directory = copyOf(example);
    const ignored = new Set(example.startsWith('rust') ? ['target'] : []);
    const before = contentsOf(directory, ignored);
    // Twice: what a build finds of an earlier one must change nothing either.
    for (const name of [example, example]) {
      await build(directory, name);
      expect(contentsOf(directory, ignored)).toEqual(before);
    }
  });

  it('nor where the source does not compile', { timeout: LIMIT_MS }, async ({ skip }) => {
    if (!hasTool('cargo') || !hasTool('go')) skip('no cargo, or no go');
    const files = {
      'rust/Cargo.toml': '[package]\nname = "wrong"\nversion = "1.0.0"\nedition = "2021"\n',
      'rust/src/main.rs': 'fn main() { let x: u8 = "no"; }\n',
      'go/go.mod': 'module example.com/wrong\n\ngo 1.19\n',
      'go/main.go': 'package main\n\nfunc main() { x }\n',
    };
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, 'wrong', path)), { recursive: true });
      writeFileSync(join(root, 'wrong', path), text);
    }
    for (const name of ['rust', 'go']) {
      const directory = join(root, 'wrong', name);
      const before = contentsOf(directory, new Set(['target']));
      await expect(build(directory, `wrong-${name}`)).rejects.toThrow();
      expect(contentsOf(directory, new Set(['target']))).toEqual(before);
    }
  });
});
