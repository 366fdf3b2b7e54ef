import { emulationOf, emulatorFor } from '../core/emulator.ts';
import { machineOfArchitecture } from '../core/machines.ts';
import { formatPlatform, type ImageConfig } from '../oci/index.ts';
import type { MadeImage } from '../places/index.ts';

/** What an image is, beside its files. */
export interface ImageReport {
  /** Of its manifest: `sha256:…`. */
  readonly digest: string;
  /** Its names where it lies. */
  readonly references: readonly string[];
  /** What it says that it is for: `linux/amd64`. */
  readonly platform: string;
  /** How its programs are run on this machine: `aarch64 emulated by qemu-aarch64-static`; null where as they are. */
  readonly emulation: string | null;
  /** When it says that it was made; null where it does not. */
  readonly created: string | null;
  /** How it is started. */
  readonly config: ImageReportConfig;
  /** The lowest first. */
  readonly layers: readonly ImageReportLayer[];
  /** Of all layers as they are stored, bytes: what is pulled. */
  readonly compressedBytes: number;
}

export interface ImageReportConfig {
  /** What is started; empty where the image does not say. */
  readonly entrypoint: readonly string[];
  /** Its arguments where none are given; without an entrypoint, what is started. */
  readonly cmd: readonly string[];
  /** As written; '' is root. */
  readonly user: string;
  /** Each `NAME=value`. */
  readonly env: readonly string[];
  /** `8080/tcp` */
  readonly ports: readonly string[];
  /** Paths. */
  readonly volumes: readonly string[];
  /** Names and values. */
  readonly labels: Readonly<Record<string, string>>;
  /** Where it is started; `/` where the image does not say. */
  readonly workingDirectory: string;
  /** What asks it to stop; SIGTERM where the image does not say. */
  readonly stopSignal: string;
}

export interface ImageReportLayer {
  /** Of its bytes as stored: `sha256:…`. */
  readonly digest: string;
  /** Of its tar. */
  readonly diffId: string;
  /** How it is stored. */
  readonly mediaType: string;
  /** As stored. */
  readonly compressedBytes: number;
  /** Of its tar. */
  readonly uncompressedBytes: number;
  /** Regular files that it brings. */
  readonly files: number;
}

export function reportImage(image: ImageConfig, made: MadeImage): ImageReport {
  return {
    digest: made.digest,
    references: made.references,
    platform: formatPlatform(image),
    emulation: emulationHere(image),
    created: image.created ?? null,
    config: reportConfig(image),
    layers: made.layers.map(({ descriptor, diffId, uncompressedBytes, files }) => ({
      digest: descriptor.digest,
      diffId,
      mediaType: descriptor.mediaType,
      compressedBytes: descriptor.size,
      uncompressedBytes,
      files,
    })),
    compressedBytes: made.layers.reduce((sum, { descriptor }) => sum + descriptor.size, 0),
  };
}

function emulationHere({ os, architecture }: ImageConfig): string | null {
  const machine = os === 'linux' ? machineOfArchitecture(architecture) : null;
  const emulator = machine === null ? null : emulatorFor(machine);
  if (machine === null || emulator === null) return null;
  const { name, path } = emulator;
  if (name === null) return `${machine}, for which there is no emulator`;
  return path === null
    ? `${machine}, which takes ${name} (package qemu-user-static)`
    : emulationOf(machine, name);
}

function reportConfig({ config = {} }: ImageConfig): ImageReportConfig {
  return {
    entrypoint: config.Entrypoint ?? [],
    cmd: config.Cmd ?? [],
    user: config.User ?? '',
    env: config.Env ?? [],
    ports: Object.keys(config.ExposedPorts ?? {}),
    volumes: Object.keys(config.Volumes ?? {}),
    labels: config.Labels ?? {},
    workingDirectory: config.WorkingDir || '/',
    stopSignal: config.StopSignal || 'SIGTERM',
  };
}
