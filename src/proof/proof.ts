import type { SourceRoot } from '../control/index.ts';
import type { Finding } from '../core/finding.ts';
import type { ProofStrength, SandboxName } from '../core/choices.ts';

/** What was run, and what came of it. */
export interface Proof {
  /**
   * `unclear`: nothing failed that is known to work elsewhere, and nothing was done either, so that it is no yes.
   * `skipped`: nothing was run. `reason` says why.
   */
  readonly status: 'passed' | 'failed' | 'unclear' | 'skipped';
  /** The weakest of its checks; `none` where the status is not `passed`. */
  readonly strength: ProofStrength | 'none';
  /** With what the image was compared. */
  readonly control: ProofControl;
  readonly sandbox: SandboxName | null;
  /** What lay between the program and this machine, in words. */
  readonly isolation: readonly string[];
  readonly checks: readonly CheckResult[];
  readonly findings: readonly Finding[];
  readonly reason: string | null;
}

export interface ProofControl {
  /** Whose root the same program was run in: this machine's own, or that of the original image; null where there was none. */
  readonly source: SourceRoot['kind'] | null;
  /** Why there was none. */
  readonly reason: string | null;
}

export interface CheckResult {
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'unclear';
  readonly strength: ProofStrength | 'none';
  /** What was seen, or everything that was wrong. */
  readonly detail: string;
  readonly argv: readonly string[];
  /** null when a signal ended it, it was stopped, or it never started. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Of what was kept of stdout (the first MiB); null for a server, whose output may differ from run to run. */
  readonly stdoutSha256: string | null;
  readonly elapsedMs: number;
  /** What was around the program in this run and is not the image's, in words: servers, an authority, volumes. */
  readonly added: readonly string[];
  /** Where a server took connections; null where nothing is known to. */
  readonly listens: ListeningPort | null;
  /** The same job in the control run; null where there was none. */
  readonly control: ControlResult | null;
}

export interface ListeningPort {
  /** `0.0.0.0`, `::`; null where only the port was asked. */
  readonly address: string | null;
  /** Of TCP. */
  readonly port: number;
}

export interface ControlResult {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdoutSha256: string | null;
  /** In what the image differs from it, in words; null where it does not. */
  readonly difference: string | null;
}
