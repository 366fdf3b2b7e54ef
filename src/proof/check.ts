import type { CheckConditions } from './conditions/conditions.ts';

/** What an image must do, in the words of container-structure-test where it has them. */
export type Check = CommandCheck | ServerCheck;

/** A regular expression that RE2 has compiled once; `pattern.ts` searches by it. */
export interface Pattern {
  readonly source: string;
}

interface CheckBase {
  readonly name: string;
  /** Arguments after the command; null: the image's Cmd, as `docker run IMAGE` has it. */
  readonly args: readonly string[] | null;
  /** Laid over the image's environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string | null;
  /** Each must match somewhere in stdout; `^` and `$` match at lines. */
  readonly expectedOutput: readonly Pattern[];
  readonly excludedOutput: readonly Pattern[];
  /** As the two above, for stderr. */
  readonly expectedError: readonly Pattern[];
  readonly excludedError: readonly Pattern[];
  readonly timeoutSeconds: number;
  readonly conditions: CheckConditions;
}

/** A program that ends. */
export interface CommandCheck extends CheckBase {
  readonly kind: 'command';
  /** Replaces the image's Entrypoint and Cmd; []: the image's own. */
  readonly command: readonly string[];
  /** As `docker run` says it: 128 + N for signal N. */
  readonly exitCode: number;
}

/** A program that serves until it is stopped. */
export interface ServerCheck extends CheckBase {
  readonly kind: 'server';
  /** Replaces the image's Entrypoint and Cmd; []: the image's own. */
  readonly start: readonly string[];
  readonly request: ServerRequest;
}

export type ServerRequest =
  | { readonly kind: 'http'; readonly url: string; readonly status: number; readonly body: Pattern | null }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

/** Of TCP, on which a server is asked. */
export function portOf(request: ServerRequest): number {
  if (request.kind === 'tcp') return request.port;
  const { port } = new URL(request.url);
  return port === '' ? HTTP_PORT : Number(port);
}

const HTTP_PORT = 80;
