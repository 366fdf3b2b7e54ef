import { MorselError } from '../core/errors.ts';
import type { ElfFacts } from '../elf/index.ts';
import { writeImage, type WrittenImage } from '../places/index.ts';
import type { Proof } from '../proof/index.ts';
import type { LayerEntry } from '../rootfs/index.ts';
import type { Rung } from '../toolchain/index.ts';
import type { BuildRequest } from './build-request.ts';
import type { Finding } from '../core/finding.ts';
import type { Timings } from './build-result.ts';
import { planAnnotations, planConfig, platformOf } from './image-plan.ts';
import { type Placement, planRoot } from './plan-root.ts';
import type { Staging } from './staging.ts';

/** An executable that stands on a rung: compiled for it, or given. */
export interface RungProgram {
  readonly rung: Rung;
  readonly path: string;
  /** Where the linker wrote it: `$ORIGIN` in its search paths counts from there, and its own libraries lie there. */
  readonly linkedPath: string;
  readonly facts: ElfFacts;
  readonly toolchain: string | null;
  readonly trades: readonly string[];
  readonly compileMs: number;
}

/** A rung that came as far as an image on disk, with its proof. */
export interface RungImage {
  readonly program: RungProgram;
  readonly written: WrittenImage;
  readonly entries: readonly LayerEntry[];
  readonly proof: Proof;
  readonly findings: readonly Finding[];
  readonly timings: Timings;
}

/** Analyses, writes and proves the image of one program. Errors: those of the parts; nothing is published. */
export async function imageOfProgram(
  request: BuildRequest,
  program: RungProgram,
  placement: Placement,
  staging: Staging,
): Promise<RungImage> {
  const analysed = await timed(() => planRoot(request, program, placement));
  const { entries, env, programPath, findings } = analysed.value;
  const below = placement.kind === 'base' ? placement.base.layers : [];
  const assembled = await timed(() =>
    writeImage({
      layers: [...below, { kind: 'entries', entries }],
      platform: platformOf(program.facts),
      config: planConfig(request.run, programPath, env),
      annotations: { ...planAnnotations(request) },
      compression: request.compression.method,
      compressionLevel: request.compression.level ?? undefined,
      mtimeSeconds: request.sourceDateEpoch,
      output: {
        ...request.output,
        path: staging.path(`${program.rung}-${placement.kind}`),
        references: request.references,
      },
      // No events: `written` is told of what is published, not of what lies in the staging folder.
      signal: request.signal,
    }),
  );
  const { size } = assembled.value;
  request.onEvent({ kind: 'rung-built', rung: program.rung, ...size });
  const proven = await timed(() => proveOrSkip(request, program, assembled.value));
  return {
    program,
    written: assembled.value,
    entries,
    proof: proven.value,
    findings: [...findings, ...proven.value.findings],
    timings: {
      compileMs: Math.round(program.compileMs),
      analyseMs: analysed.elapsedMs,
      assembleMs: assembled.elapsedMs,
      proveMs: proven.elapsedMs,
    },
  };
}

/** The sandbox and the reader of images are loaded only when something is to be run. */
async function proveOrSkip(
  request: BuildRequest,
  program: RungProgram,
  written: WrittenImage,
): Promise<Proof> {
  if (request.prove === 'skip') {
    const reason = '--no-prove was given';
    return { status: 'skipped', sandbox: null, isolation: [], checks: [], findings: [], reason };
  }
  const { proveRung } = await import('./prove-rung.ts');
  return proveRung(request, program.rung, written);
}

/** The failed check as the reason why the rung is lost; null where nothing failed. */
export function proofFailure({ proof }: RungImage): MorselError | null {
  if (proof.status !== 'failed') return null;
  const failed = proof.checks.find((check) => check.status === 'failed');
  return new MorselError(
    'PROOF_FAILED',
    `it does not pass its check "${failed?.name ?? 'start'}": ${failed?.detail ?? ''}`,
    {
      hint: 'write the image with --no-prove and try it with `morsel run`; what is expected stands in `checks` of morsel.json',
      details: { checks: proof.checks },
    },
  );
}

async function timed<T>(
  work: () => T | Promise<T>,
): Promise<{ readonly value: T; readonly elapsedMs: number }> {
  // Not `performance`: loading it costs more than a small image.
  const started = process.hrtime.bigint();
  const value = await work();
  return { value, elapsedMs: Number((process.hrtime.bigint() - started) / 1_000_000n) };
}
