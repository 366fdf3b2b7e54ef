import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { memoryByteSource, openByteSource } from '../src/core/byte-source.ts';
import type { ImageOutput, WriteImageRequest } from '../src/places/write-request.ts';
import type { LayerEntry, LayerFile } from '../src/rootfs/index.ts';

/** A program that says who and where it is, static, so that it runs on scratch. */
export function compileProbe(directory: string): string {
  const source = join(directory, 'probe.c');
  writeFileSync(
    source,
    `#include <stdio.h>
#include <unistd.h>
int main(int argc, char **argv) {
  char cwd[4096];
  printf("uid=%d gid=%d cwd=%s args=%d\\n", getuid(), getgid(), getcwd(cwd, sizeof cwd), argc);
  return access("/data/deep/file", R_OK) == 0 ? 0 : 3;
}
`,
  );
  const program = join(directory, 'probe');
  execFileSync('gcc', ['-Os', '-static', '-s', '-o', program, source]);
  return program;
}

export function hostFile(path: string, source: string, mode = 0o755): LayerFile {
  const sizeBytes = statSync(source).size;
  return { kind: 'file', path, mode, sizeBytes, open: () => openByteSource(source), reason: 'test' };
}

export function textFile(path: string, text: string, mode = 0o644): LayerFile {
  const bytes = Buffer.from(text);
  return {
    kind: 'file',
    path,
    mode,
    sizeBytes: bytes.length,
    open: () => memoryByteSource(bytes),
    reason: 'test',
  };
}

/** An image with one of everything that a layer can hold. */
export function sampleRequest(program: string, output: ImageOutput): WriteImageRequest {
  const entries: LayerEntry[] = [
    hostFile('/probe', program),
    textFile('/data/deep/file', 'content\n'),
    { ...textFile('/data/owned', 'x'), uid: 1000, gid: 1001, mode: 0o640 },
    { kind: 'symlink', path: '/data/link', target: 'deep/file', reason: 'test' },
    { kind: 'directory', path: '/tmp', mode: 0o1777, reason: 'test' },
    textFile(`/data/${'long-name-'.repeat(12)}`, 'long'),
    textFile('/data/Főtanúsítvány.crt', 'utf-8 name'),
    textFile('/data/empty', ''),
  ];
  return {
    layers: [{ kind: 'entries', entries }],
    platform: { os: 'linux', architecture: 'amd64' },
    config: {
      User: '65532:65532',
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      Entrypoint: ['/probe'],
      Cmd: ['one'],
      WorkingDir: '/data',
      Labels: { 'org.example': 'yes' },
      ExposedPorts: { '8080/tcp': {} },
      StopSignal: 'SIGINT',
    },
    annotations: { 'org.opencontainers.image.title': 'probe' },
    output,
  };
}

export interface RawMember {
  readonly path: string;
  readonly type?: '0' | '1' | '2' | '3' | '5' | '6';
  readonly content?: string | Buffer;
  readonly link?: string;
  readonly mode?: number;
}

/** A tar with whatever one likes in it: hostile names, links to anywhere. No checks. */
export function rawTar(members: readonly RawMember[]): Buffer {
  const blocks = members.flatMap(({ path, type = '0', content = '', link = '', mode = 0o644 }) => {
    const header = Buffer.alloc(512);
    header.write(path, 0, 100, 'utf8');
    header.write(`${mode.toString(8).padStart(7, '0')}\x000000000\x000000000\0`, 100, 'latin1');
    header.write(
      `${Buffer.byteLength(content).toString(8).padStart(11, '0')}\x0000000000000\0        `,
      124,
      'latin1',
    );
    header.write(type, 156, 'latin1');
    header.write(link, 157, 100, 'utf8');
    header.write('ustar\x0000', 257, 'latin1');
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
      'latin1',
    );
    const body = typeof content === 'string' ? Buffer.from(content) : content;
    return [header, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** An OCI layout around layers that are given as tars. */
export function rawLayout(
  directory: string,
  layers: readonly Buffer[],
  compress = gzipSync as (tar: Buffer) => Buffer,
): void {
  const blobs = join(directory, 'blobs/sha256');
  mkdirSync(blobs, { recursive: true });
  const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
  const store = (mediaType: string, bytes: Buffer) => {
    writeFileSync(join(blobs, sha256(bytes)), bytes);
    return { mediaType, digest: `sha256:${sha256(bytes)}`, size: bytes.length };
  };
  const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
  const type = (name: string): string => `application/vnd.oci.image.${name}`;
  const stored = layers.map((tar) => store(type('layer.v1.tar+gzip'), compress(tar)));
  const rootfs = { type: 'layers', diff_ids: layers.map((tar) => `sha256:${sha256(tar)}`) };
  const config = store(
    type('config.v1+json'),
    json({ architecture: 'amd64', os: 'linux', config: {}, rootfs }),
  );
  const manifest = store(type('manifest.v1+json'), json({ schemaVersion: 2, config, layers: stored }));
  writeFileSync(join(directory, 'index.json'), json({ schemaVersion: 2, manifests: [manifest] }));
  writeFileSync(join(directory, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
}

export function readText(path: string): string {
  return readFileSync(path, 'utf8');
}
