/**
 * Builds each library of the table for each toolchain, and prints seconds and bytes.
 *
 *   nice node bench/libraries/run.mjs [--cache DIR] [--toolchain musl-gcc,zig,zig-arm64] [LIBRARY...]
 *
 * What is in the cache is not built again, and its seconds are not known. Exit 1 where one fails.
 */
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { importTypeScript } from '../matrix/bundle.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cache: { type: 'string', default: '.work/libraries' },
    toolchain: { type: 'string', default: 'musl-gcc,zig,zig-arm64' },
    jobs: { type: 'string', default: '2' },
  },
});

const { LIBRARY_ROWS, findTools, provideLibraries, toolchainsFor } = await importTypeScript(
  'bench/libraries/library.ts',
);
const tools = await findTools({ groups: ['c', 'build'] });
const names =
  positionals.length > 0 ? positionals : LIBRARY_ROWS.map((/** @type {{ name: string }} */ row) => row.name);
let failures = 0;

console.log('| library | version | toolchain | seconds | bytes of .a |');
console.log('| --- | --- | --- | --- | --- |');
for (const word of values.toolchain.split(',')) {
  const toolchain = toolchainNamed(word);
  for (const name of names) console.log(`| ${(await measure(name, toolchain, word)).join(' | ')} |`);
}
process.exitCode = failures === 0 ? 0 : 1;

/** @param {string} word */
function toolchainNamed(word) {
  const architecture = word.endsWith('-arm64') ? 'arm64' : 'amd64';
  const family = word.startsWith('zig') ? 'zig' : 'gcc';
  const rung = word === 'gcc' ? 'static-glibc' : 'static-musl';
  const all = toolchainsFor({ language: 'c' }, rung, tools, architecture);
  const found = all.find((/** @type {{ family: string }} */ one) => one.family === family);
  if (found === undefined) throw new Error(`no toolchain ${word} on this machine`);
  return found;
}

/**
 * @param {string} name
 * @param {object} toolchain
 * @param {string} word
 */
async function measure(name, toolchain, word) {
  /** Of this library's own commands: what it needs may be built first. */
  let buildMs = 0;
  try {
    const sysroot = await provideLibraries([name], toolchain, {
      tools,
      cacheDirectory: resolve(values.cache),
      jobs: Number(values.jobs),
      onEvent: (/** @type {{ kind: string, purpose?: string, elapsedMs?: number }} */ event) => {
        const isOwn = event.kind === 'command-finished' && event.purpose?.split(' ')[1] === name;
        if (isOwn) buildMs += event.elapsedMs ?? 0;
      },
    });
    const own = sysroot.libraries.find((/** @type {{ name: string }} */ one) => one.name === name);
    const seconds = buildMs === 0 ? 'cached' : (buildMs / 1000).toFixed(1);
    return [name, own.version, word, seconds, bytesOf(sysroot.path, own.archives)];
  } catch (error) {
    failures += 1;
    const { message } = /** @type {Error} */ (error);
    return [name, '', word, 'FAILED', message.split('\n', 1)[0]?.replaceAll('|', '/').slice(0, 200)];
  }
}

/** A further name of an archive is not counted again. @param {string} sysroot @param {readonly string[]} archives */
function bytesOf(sysroot, archives) {
  const folder = join(sysroot, 'usr/lib');
  const sizes = readdirSync(folder)
    .filter((file) => archives.includes(file.replace(/^lib(.*)\.a$/, '$1')))
    .map((file) => statSync(join(folder, file)).size);
  return [...new Set(sizes)].reduce((sum, size) => sum + size, 0);
}
