import type { Compression } from '../src/core/choices.ts';
import { writeImage } from '../src/places/write-image.ts';
import { entryFromFile } from '../src/rootfs/index.ts';

/**
 * `node runner.cjs FILE OUTPUT [COMPRESSION] [LEVEL]`: one file to an image, as `morsel build FILE --no-prove` assembles
 * it. Bundled by tests and by bench/assemble.mjs, to run writeImage in a process of its own: under another Node, user,
 * umask or memory limit. An OUTPUT that ends in a slash is a layout. Prints the result as JSON.
 */
const [file = '', path = '', compression = 'gzip', level] = process.argv.slice(2);
async function main(): Promise<void> {
  try {
    const written = await writeImage({
      layers: [
        {
          kind: 'entries',
          entries: [entryFromFile(file, '/app/program', { reason: 'the program', mode: 0o755 })],
        },
      ],
      platform: { os: 'linux', architecture: 'amd64' },
      config: {
        User: '65532:65532',
        Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
        Entrypoint: ['/app/program'],
        Labels: { b: '2', a: '1' },
      },
      compression: compression as Compression,
      compressionLevel: level === undefined ? undefined : Number(level),
      output: { kind: path.endsWith('/') ? 'layout' : 'archive', path, references: ['program'] },
    });
    process.stdout.write(JSON.stringify(written));
  } catch (error) {
    const { code, message, hint } = error as { code?: string; message: string; hint?: string };
    process.stdout.write(JSON.stringify({ error: { code, message, hint } }));
    process.exitCode = 1;
  }
}
void main();
