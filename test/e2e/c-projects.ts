import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { hostArchitecture } from '../../src/core/machines.ts';
import { detectProject } from '../../src/project/index.ts';
import {
  type CompilePlan,
  findTools,
  planRung,
  type Rung,
  runCompilePlan,
  type SizeProfile,
  type Tools,
} from '../../src/toolchain/index.ts';

export const EXAMPLES = resolve(import.meta.dirname, '../../examples');

export interface BuildOptions {
  readonly workDirectory: string;
  readonly profile?: SizeProfile;
  readonly tools?: Tools;
  readonly bin?: string;
}

export async function planFor(path: string, rung: Rung, options: BuildOptions): Promise<CompilePlan> {
  const project = await detectProject(path, { bin: options.bin });
  if (project.kind === 'binary') throw new Error(`${path} is a binary`);
  const outcome = planRung(project, rung, options.tools ?? (await findTools({ groups: ['c'] })), {
    profile: options.profile ?? 'default',
    experimental: false,
    workDirectory: options.workDirectory,
    platform: { os: 'linux', architecture: hostArchitecture() },
  });
  if (outcome.kind === 'unavailable') throw new Error(outcome.reason);
  return outcome.plan;
}

export interface BuiltProgram {
  readonly path: string;
  readonly plan: CompilePlan;
  readonly sizeBytes: number;
}

export async function buildFor(path: string, rung: Rung, options: BuildOptions): Promise<BuiltProgram> {
  const { programs, plan } = await runCompilePlan(await planFor(path, rung, options));
  const [{ path: built }] = programs;
  return { path: built, plan, sizeBytes: statSync(built).size };
}

interface Check {
  readonly name: string;
  readonly args?: readonly string[];
  readonly stdin?: string;
  readonly expectedOutput: readonly string[];
}

interface ExampleConfiguration {
  readonly limits: { readonly maxImageBytes: number };
  readonly checks: readonly Check[];
}

export function configurationOf(example: string): ExampleConfiguration {
  return JSON.parse(readFileSync(join(EXAMPLES, example, 'morsel.json'), 'utf8')) as ExampleConfiguration;
}

/** What the example's checks do not find in the program's output; run with an empty environment. */
export function failedChecks(example: string, program: string): readonly string[] {
  return configurationOf(example).checks.flatMap(({ name, args = [], stdin = '', expectedOutput }) => {
    const result = spawnSync(program, args, { input: stdin, encoding: 'utf8', env: {} });
    const missing = expectedOutput.filter((pattern) => !new RegExp(pattern).test(result.stdout));
    if (missing.length === 0 && result.status === 0) return [];
    return [
      `${name}: exit ${result.status ?? result.signal}, printed ${JSON.stringify(result.stdout)} ${result.stderr}`,
    ];
  });
}
