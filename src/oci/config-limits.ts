import { NAME_LIMIT_BYTES, PATH_LIMIT_BYTES } from '../core/path-limits.ts';
import { MorselError } from '../core/errors.ts';
import { WORD_LIMIT_BYTES } from '../core/word-limit.ts';
import type { ImageConfig } from './config.ts';

/** Of all arguments and variables, each with its NUL and its pointer: a quarter of the usual stack of 8 MiB (execve(2)). */
export const WORDS_LIMIT_BYTES = 2 * 1024 * 1024;
const POINTER_BYTES = 8;

/**
 * What no kernel would start is said of the image, before anybody looks for its program in 300,000 folders of a PATH.
 * Error: IMAGE_INVALID.
 */
export function checkConfigLimits({ config = {} }: ImageConfig, where: string): void {
  const { Entrypoint, Cmd, Env, WorkingDir = '', Volumes } = config;
  const words = { Entrypoint: Entrypoint ?? [], Cmd: Cmd ?? [], Env: Env ?? [] };
  let sumBytes = 0;
  for (const [field, list] of Object.entries(words)) {
    for (const word of list) {
      const bytes = Buffer.byteLength(word) + 1;
      if (bytes > WORD_LIMIT_BYTES)
        throw invalid(where, field, `has a word of ${bytes} bytes`, WORD_LIMIT_BYTES);
      refuseNul(word, where, field);
      sumBytes += bytes + POINTER_BYTES;
    }
  }
  if (sumBytes > WORDS_LIMIT_BYTES)
    throw invalid(where, 'Entrypoint, Cmd and Env', `take ${sumBytes} bytes together`, WORDS_LIMIT_BYTES);
  checkPath(WorkingDir, where, 'WorkingDir');
  for (const volume of Object.keys(Volumes ?? {})) checkPath(volume, where, 'Volumes');
}

function checkPath(path: string, where: string, field: string): void {
  const bytes = Buffer.byteLength(path);
  if (bytes > PATH_LIMIT_BYTES) throw invalid(where, field, `has a path of ${bytes} bytes`, PATH_LIMIT_BYTES);
  const longest = Math.max(...path.split('/').map((part) => Buffer.byteLength(part)));
  if (longest > NAME_LIMIT_BYTES)
    throw invalid(where, field, `has a name of ${longest} bytes`, NAME_LIMIT_BYTES);
  refuseNul(path, where, field);
}

/** A NUL ends a text for the kernel: what is shown and checked would not be what is run. */
function refuseNul(text: string, where: string, field: string): void {
  if (!text.includes('\0')) return;
  throw new MorselError('IMAGE_INVALID', `${where}: config.${field} contains a NUL byte`, {
    hint: 'the image is damaged or hostile: build it again',
  });
}

function invalid(where: string, field: string, has: string, limitBytes: number): MorselError {
  return new MorselError('IMAGE_INVALID', `${where}: config.${field} ${has}; Linux takes ${limitBytes}`, {
    hint: 'no engine could start it: build the image again with less',
  });
}
