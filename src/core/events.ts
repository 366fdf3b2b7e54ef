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
  | { readonly kind: 'command-started'; readonly command: string; readonly purpose: string }
  | { readonly kind: 'command-output'; readonly text: string }
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

export type EventSink = (event: MorselEvent) => void;

/** For callers that do not listen. */
export const ignoreEvents: EventSink = () => {};
