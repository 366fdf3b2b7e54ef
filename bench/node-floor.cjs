/**
 * The least that a Node process does to put a small program into an image: what is asked of Node's own modules and of the
 * kernel, without any decision. Not an image: it shows how much of morsel's time is Node's.
 *
 *   node bench/node-floor.cjs IN OUT
 */
const { spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } = require('node:fs');
const { deflateRawSync } = require('node:zlib');

const [input = '', output = ''] = process.argv.slice(2);
const content = readFileSync(input);
// File capabilities: Node has no getxattr(2).
spawnSync('tar', ['--xattrs', '--format=pax', '-cf', '-', '--', input], {
  stdio: ['ignore', 'pipe', 'ignore'],
  maxBuffer: 10_240,
});
const compressed = deflateRawSync(content, { level: 9 });
for (const bytes of [content, compressed]) createHash('sha256').update(bytes).digest('hex');
const file = openSync(`${output}.tmp`, 'w');
writeSync(file, compressed);
fsyncSync(file);
closeSync(file);
renameSync(`${output}.tmp`, output);
