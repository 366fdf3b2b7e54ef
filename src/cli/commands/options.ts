import { InvalidArgumentError, Option } from 'commander';
import { SANDBOXES, SIZE_PROFILES } from '../../core/choices.ts';

/** Option parsers that more than one command uses. Commander prints the message and exits with the usage code. */

/** What the help of a command that takes an image says below its options. */
export const IMAGE_SYNTAX = `
An image is written as skopeo and umoci write it; NAME chooses one of several:
  FILE.tar[:NAME]               an archive: OCI, or of \`docker save\`
  DIR[:NAME]                    an OCI layout
  oci:DIR[:NAME]  oci-archive:FILE[:NAME]  docker-archive:FILE[:NAME]
  docker://NAME                 a registry; also ghcr.io/me/hello:1, whose name has a registry
  docker-daemon:NAME            what docker has; podman:NAME what podman has
  -                             an archive by stdin`;

export function insecureOption(): Option {
  return new Option('--insecure', 'take plain http, and certificates that nobody vouches for');
}

/** What reads one image. */
export const OF_AN_INDEX = 'of an index, the image for this platform (default: this machine’s)';

export function platformOption(what: string): Option {
  return new Option('--platform <os/arch>', what);
}

export function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

/** An option with choices that may be given more than once: a parser of one's own would replace commander's check. */
export function repeatable(option: Option): Option {
  const { parseArg } = option;
  return option.argParser((value: string, previous: readonly string[] | undefined) => {
    parseArg?.(value, undefined);
    return collect(value, previous);
  });
}

/** `KEY=VALUE`, repeatable. */
export function collectPair(
  value: string,
  previous: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const at = value.indexOf('=');
  if (at <= 0) throw new InvalidArgumentError('expected KEY=VALUE');
  return { ...previous, [value.slice(0, at)]: value.slice(at + 1) };
}

export function parseInteger(value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw new InvalidArgumentError('expected a whole number');
  return Number(value);
}

/** `a,b`, repeatable. */
export function parseList(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, ...value.split(',').filter((word) => word !== '')];
}

/** A command line as one word list: JSON (`["/app","-v"]`, as a Dockerfile's exec form) or words split at spaces. */
export function parseWords(value: string): readonly string[] {
  if (!value.trimStart().startsWith('[')) return value.split(/\s+/).filter((word) => word !== '');
  try {
    const words: unknown = JSON.parse(value);
    if (Array.isArray(words) && words.every((word) => typeof word === 'string')) return words;
  } catch {
    // falls through to the message below
  }
  throw new InvalidArgumentError('expected words, or a JSON list of strings');
}

/** What a result is printed as; `compare` knows one more. */
const FORMATS = ['text', 'json'] as const;
export type Format = (typeof FORMATS)[number];

export function formatOption(...more: readonly string[]): Option {
  return new Option('--format <format>', 'how the result is printed')
    .choices([...FORMATS, ...more])
    .default('text' satisfies Format);
}

export function sizeOption(): Option {
  return new Option('--size <profile>', 'size profile').choices(SIZE_PROFILES);
}

/** @param what is done in it. */
export function sandboxOption(what: string): Option {
  return new Option('--sandbox <name>', `${what} in this one`).choices(SANDBOXES);
}

export function timeoutOption(): Option {
  return new Option(
    '--timeout <seconds>',
    'stop a command of the build that runs longer (default: 3600)',
  ).argParser(parseInteger);
}

export function sandboxBuildOption(): Option {
  return new Option(
    '--sandbox-build',
    'compile in bubblewrap: no network, and nothing of this machine but toolchains and sources',
  );
}
