import type { Finding } from '../core/finding.ts';
import type { SandboxName } from '../core/choices.ts';

/** What was run, and what came of it. */
export interface Proof {
  /** `skipped`: nothing was run, and `reason` says why. */
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly sandbox: SandboxName | null;
  /** What lay between the program and this machine, in words. */
  readonly isolation: readonly string[];
  readonly checks: readonly CheckResult[];
  readonly findings: readonly Finding[];
  readonly reason: string | null;
}

export interface CheckResult {
  readonly name: string;
  readonly status: 'passed' | 'failed';
  /** What was seen, or everything that was wrong. */
  readonly detail: string;
  readonly argv: readonly string[];
  /** null when a signal ended it, it was stopped, or it never started. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Of what was kept of stdout (the first MiB); null for a server, whose output may differ from run to run. */
  readonly stdoutSha256: string | null;
  readonly elapsedMs: number;
}
