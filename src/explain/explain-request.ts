import type { ImageLocation } from '../places/location.ts';
import type { ImageConfig } from '../oci/config.ts';
import type { FileTree } from '../rootfs/file-tree.ts';

/** The image that does not start. */
export interface ExplainTarget {
  readonly tree: FileTree;
  /** null for a bare directory: then `command` says what would be started. */
  readonly config: ImageConfig | null;
  /** Where the image lies, for commands that show more of it. */
  readonly image?: ImageLocation | null;
  /** Where the tree is one file of this machine: its path there, for commands that name it. */
  readonly file?: string;
  /** What is started instead of the config's Entrypoint and Cmd (`docker run IMAGE command…`). */
  readonly command?: readonly string[];
}

export interface ExplainRequest {
  /** What docker, podman, Kubernetes, ld.so or the program printed; `exit code 127` and `CrashLoopBackOff` are texts too. */
  readonly errorText?: string;
  readonly target?: ExplainTarget;
}
