import type { DiffId } from './descriptor.ts';

/** OCI image configuration (image-spec/config.md); the field names are the specification's. */
export interface ImageConfig {
  readonly architecture: string;
  readonly os: string;
  readonly variant?: string;
  readonly created?: string;
  readonly config?: {
    readonly User?: string;
    readonly ExposedPorts?: Readonly<Record<string, Record<string, never>>>;
    readonly Env?: readonly string[];
    readonly Entrypoint?: readonly string[] | null;
    readonly Cmd?: readonly string[] | null;
    readonly Volumes?: Readonly<Record<string, Record<string, never>>> | null;
    readonly WorkingDir?: string;
    readonly Labels?: Readonly<Record<string, string>> | null;
    readonly StopSignal?: string;
  };
  readonly rootfs: { readonly type: 'layers'; readonly diff_ids: readonly DiffId[] };
}

/** The `config` object of an image configuration: User, Env, Entrypoint … */
export type RuntimeConfig = NonNullable<ImageConfig['config']>;
