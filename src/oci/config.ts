import type { DiffId } from './descriptor.ts';

/** OCI image configuration (image-spec/config.md); the field names are the specification's. */
export interface ImageConfig {
  readonly architecture: string;
  readonly os: string;
  readonly variant?: string;
  readonly created?: string;
  readonly config?: {
    /** Who runs it: `UID:GID`, or names of its own passwd and group files. */
    readonly User?: string;
    /** Ports that it listens on, as keys: `8080/tcp`. */
    readonly ExposedPorts?: Readonly<Record<string, Record<string, never>>>;
    /** Environment, each `NAME=value`. */
    readonly Env?: readonly string[];
    /** What is started. */
    readonly Entrypoint?: readonly string[] | null;
    /** Its arguments where none are given; without an entrypoint, what is started. */
    readonly Cmd?: readonly string[] | null;
    /** Paths that are to be kept outside of the container, as keys. */
    readonly Volumes?: Readonly<Record<string, Record<string, never>>> | null;
    /** Where it is started; absolute. */
    readonly WorkingDir?: string;
    /** Names and values for people and tools. */
    readonly Labels?: Readonly<Record<string, string>> | null;
    /** What asks it to stop; by default SIGTERM. */
    readonly StopSignal?: string;
    /** Docker's, which the specification reserves for it (config.md, "properties"): other engines need not read it. */
    readonly Healthcheck?: Healthcheck;
  };
  readonly rootfs: { readonly type: 'layers'; readonly diff_ids: readonly DiffId[] };
}

/** moby's image specification, v1.2, "Healthcheck": times are nanoseconds. */
export interface Healthcheck {
  /** `CMD` and the words of a command. */
  readonly Test: readonly string[];
  /** Between two runs. */
  readonly Interval?: number;
  /** Of one run. */
  readonly Timeout?: number;
  /** In which a failure does not count. */
  readonly StartPeriod?: number;
  /** Failures in a row that make it unhealthy. */
  readonly Retries?: number;
}

/** The `config` object of an image configuration: User, Env, Entrypoint … */
export type RuntimeConfig = NonNullable<ImageConfig['config']>;
