import { spawn } from 'node:child_process';
import { closeSync, createReadStream, openSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { MorselError } from '../../core/errors.ts';
import { findTool } from '../../core/find-tool.ts';
import { deathSignalPrefix } from '../../core/process-family.ts';

/** Of a file name; null: it is not compressed, or in a way that is not known. */
export function compressionOf(name: string): 'gzip' | 'xz' | 'bzip2' | 'none' {
  if (/\.(?:t?gz)$/.test(name)) return 'gzip';
  if (/\.(?:t?xz|lzma)$/.test(name)) return 'xz';
  return /\.(?:t?bz2|tbz)$/.test(name) ? 'bzip2' : 'none';
}

const MEMORY_LIMIT = '--memlimit-decompress=512MiB';
const WORDS_LIMIT = 2000;

/**
 * The content of a file that was verified, as a stream that is at most `limitBytes` long. Node knows no xz and no bzip2:
 * the machine's programs read them, from a descriptor to a pipe. Errors: TOOLCHAIN_MISSING, TAR_INVALID, LIMIT_EXCEEDED.
 */
export async function* decompressFile(
  path: string,
  name: string,
  limitBytes: number,
): AsyncGenerator<Buffer> {
  const kind = compressionOf(name);
  let sizeBytes = 0;
  const source = kind === 'xz' || kind === 'bzip2' ? byProgram(path, name, kind) : byNode(path, name, kind);
  for await (const chunk of source) {
    sizeBytes += chunk.length;
    if (sizeBytes > limitBytes) throw tooLarge(name, limitBytes);
    yield chunk;
  }
}

async function* byNode(path: string, name: string, kind: 'gzip' | 'none'): AsyncGenerator<Buffer> {
  const file = createReadStream(path);
  if (kind === 'none') return yield* file as AsyncIterable<Buffer>;
  const gunzip = createGunzip();
  file.on('error', (error) => gunzip.destroy(error));
  try {
    yield* file.pipe(gunzip) as AsyncIterable<Buffer>;
  } catch (cause) {
    throw damaged(name, (cause as Error).message);
  } finally {
    file.destroy();
  }
}

async function* byProgram(path: string, name: string, kind: 'xz' | 'bzip2'): AsyncGenerator<Buffer> {
  const program = findTool(kind);
  if (program === null) throw missing(kind, name);
  const [first = program, ...words] = [
    ...deathSignalPrefix(),
    program,
    ...(kind === 'xz' ? ['-dc', MEMORY_LIMIT] : ['-dc']),
  ];
  const fd = openSync(path, 'r');
  const child = spawn(first, words, { stdio: [fd, 'pipe', 'pipe'] });
  closeSync(fd);
  let said = '';
  child.stderr?.on('data', (piece: Buffer) => {
    said = (said + piece.toString('utf8')).slice(-WORDS_LIMIT);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code));
  });
  ended.catch(() => {});
  let isRead = false;
  try {
    yield* child.stdout as AsyncIterable<Buffer>;
    isRead = true;
  } finally {
    if (!isRead) child.kill('SIGKILL');
  }
  if ((await ended) !== 0) throw damaged(name, said.trim().split('\n', 1)[0] ?? '');
}

function damaged(name: string, words: string): MorselError {
  return new MorselError('TAR_INVALID', `${name} cannot be decompressed: ${words}`, {
    hint: 'the file is damaged: get it again from a source that you trust',
  });
}

function tooLarge(name: string, limitBytes: number): MorselError {
  return new MorselError('LIMIT_EXCEEDED', `${name} has more than ${limitBytes} bytes in it`, {
    hint: 'no source of a library is that large: get it from a source that you trust',
  });
}

function missing(kind: 'xz' | 'bzip2', name: string): MorselError {
  const debianPackage = kind === 'xz' ? 'xz-utils' : 'bzip2';
  return new MorselError('TOOLCHAIN_MISSING', `${kind} is not installed, and ${name} is compressed with it`, {
    hint: `install it (on Debian: apt-get install ${debianPackage})`,
  });
}
