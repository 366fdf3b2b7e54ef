import type { Descriptor, DiffId, Platform } from './descriptor.ts';
import { MEDIA_TYPE } from './media-types.ts';
import type { RuntimeConfig } from './config.ts';

/**
 * The image configuration, as small as every engine still takes it: no history, no empty fields, keys in one order.
 * `created` is left out at time 0: it would say the same, and Docker 20.10 to containerd read an absent one.
 */
export function encodeConfig(
  platform: Platform,
  config: RuntimeConfig,
  diffIds: readonly DiffId[],
  mtimeSeconds: number,
): Buffer {
  const { os, architecture, variant } = platform;
  return encode({
    architecture,
    config: withoutEmpty({
      User: config.User,
      ExposedPorts: sortedKeys(config.ExposedPorts),
      Env: config.Env,
      Entrypoint: config.Entrypoint,
      Cmd: config.Cmd,
      Volumes: sortedKeys(config.Volumes),
      WorkingDir: config.WorkingDir,
      Labels: sortedKeys(config.Labels),
      StopSignal: config.StopSignal,
      Healthcheck: config.Healthcheck,
    }),
    created: mtimeSeconds === 0 ? undefined : new Date(mtimeSeconds * 1000).toISOString().replace('.000', ''),
    os,
    rootfs: { diff_ids: diffIds, type: 'layers' },
    variant,
  });
}

export function encodeManifest(
  config: Descriptor,
  layers: readonly Descriptor[],
  annotations: Readonly<Record<string, string>>,
): Buffer {
  return encode({
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.ociManifest,
    config,
    layers,
    annotations: isEmpty(annotations) ? undefined : sortedKeys(annotations),
  });
}

function encode(document: Readonly<Record<string, unknown>>): Buffer {
  return Buffer.from(JSON.stringify(document));
}

function withoutEmpty(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** The caller's maps come in any order; the bytes must not. */
function sortedKeys<T>(
  record: Readonly<Record<string, T>> | null | undefined,
): Record<string, T> | undefined {
  if (record === null || record === undefined) return undefined;
  const entries = Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(entries);
}
