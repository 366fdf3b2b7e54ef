/**
 * What the library reports while it works. The library prints nothing: `cli/` turns these into lines.
 * Additive changes only; switch exhaustively on `kind`.
 */
export type MorselEvent =
  | {
      readonly kind: 'project-detected';
      readonly language: string;
      readonly name: string;
      readonly detail: string;
    }
  | { readonly kind: 'rung-started'; readonly rung: string }
  | {
      readonly kind: 'rung-rejected';
      readonly rung: string;
      readonly reason: string;
      readonly hint?: string | undefined;
    }
  | {
      readonly kind: 'rung-built';
      readonly rung: string;
      readonly compressedBytes: number;
      readonly uncompressedBytes: number;
      readonly files: number;
    }
  | {
      readonly kind: 'command-started';
      readonly command: string;
      readonly purpose: string;
      /** What it makes once and keeps, in words: its next run takes a second. */
      readonly once?: string | undefined;
    }
  | CommandProgress
  /** A piece of what it writes, which ends anywhere; its progress is taken out. */
  | { readonly kind: 'command-output'; readonly stream: 'stdout' | 'stderr'; readonly text: string }
  | {
      readonly kind: 'command-finished';
      readonly purpose: string;
      readonly exitCode: number;
      readonly elapsedMs: number;
    }
  | { readonly kind: 'proof-started'; readonly rung: string; readonly sandbox: string }
  | {
      readonly kind: 'check-finished';
      readonly check: string;
      readonly status: 'passed' | 'failed' | 'unclear';
      readonly detail: string;
    }
  | { readonly kind: 'proof-skipped'; readonly reason: string }
  /** Of several: what follows is of this one. */
  | {
      readonly kind: 'platform-started';
      readonly platform: string;
      readonly number: number;
      readonly platforms: number;
    }
  /** Of several paths that `resolve` builds: what follows is of this one. */
  | { readonly kind: 'path-started'; readonly path: string; readonly number: number; readonly paths: number }
  /** A row of `compare`; what follows is of it. */
  | { readonly kind: 'row-started'; readonly row: string; readonly number: number; readonly rows: number }
  /** The program is run on this machine once more, to see which files it uses that its image lacks. */
  | { readonly kind: 'observing'; readonly rung: string }
  /** The program is compiled in the ordinary way too: these functions of it do something else by C library. */
  | { readonly kind: 'comparing-linkage'; readonly rung: string; readonly functions: readonly string[] }
  | {
      readonly kind: 'finding';
      readonly level: 'info' | 'warning';
      readonly message: string;
      readonly hint?: string | undefined;
    }
  /** Something to know before it happens, and not only in the report: that a toolchain is downloaded. */
  | { readonly kind: 'notice'; readonly message: string; readonly hint: string }
  | { readonly kind: 'written'; readonly path: string; readonly sizeBytes: number };

/** How far the command is that was started last, by its own words: a few a second at most, and the last one always. */
export interface CommandProgress {
  readonly kind: 'command-progress';
  /** Of `command-started`. */
  readonly purpose: string;
  /** What is counted; `percent`: of all that a tool does. */
  readonly unit: 'crates' | 'packages' | 'steps' | 'files' | 'checks' | 'percent';
  readonly done: number;
  /** null: the tool does not say, and nobody knows. */
  readonly total: number | null;
  /** What it is at: one printable line of at most 80 characters; null where it does not say. */
  readonly current: string | null;
  /** What this is, where a compiler makes it by itself, once; `total` is then a guess. */
  readonly once?: string | undefined;
}

export type EventSink = (event: MorselEvent) => void;

/** For callers that do not listen. */
export const ignoreEvents: EventSink = () => {};
