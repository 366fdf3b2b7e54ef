import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rawTar } from './image-fixtures.ts';

export interface RawDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

export const RAW_TYPE = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
} as const;

export function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

export function sha256(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** An OCI layout, document by document, with whatever one likes in them. No checks. */
export class RawLayout {
  readonly files = new Map<string, Buffer>([['oci-layout', json({ imageLayoutVersion: '1.0.0' })]]);

  blob(mediaType: string, bytes: Buffer): RawDescriptor {
    const digest = sha256(bytes);
    this.files.set(`blobs/sha256/${digest.slice('sha256:'.length)}`, bytes);
    return { mediaType, digest, size: bytes.length };
  }

  /** A whole image of one layer; the answer describes its manifest. */
  image(config: Readonly<Record<string, unknown>> = {}, layer = rawTar([])): RawDescriptor {
    const rootfs = { type: 'layers', diff_ids: [sha256(layer)] };
    const configBytes = json({ architecture: 'amd64', os: 'linux', config, rootfs });
    const manifest = {
      schemaVersion: 2,
      config: this.blob(RAW_TYPE.config, configBytes),
      layers: [this.blob(RAW_TYPE.layer, layer)],
    };
    return this.blob(RAW_TYPE.manifest, json(manifest));
  }

  index(manifests: readonly RawDescriptor[], note = ''): RawDescriptor {
    return this.blob(RAW_TYPE.index, json({ schemaVersion: 2, manifests, annotations: { note } }));
  }

  write(directory: string, manifests: readonly RawDescriptor[]): string {
    this.files.set('index.json', json({ schemaVersion: 2, manifests }));
    for (const [name, bytes] of this.files) {
      mkdirSync(dirname(join(directory, name)), { recursive: true });
      writeFileSync(join(directory, name), bytes);
    }
    return directory;
  }
}
