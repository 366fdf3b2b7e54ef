import type { Project, SourceProject } from './project.ts';

/** A language whose projects say by a file of its own what they are; C and C++ have build systems instead (`c.ts`). */
export interface ProjectLanguage {
  readonly kind: Project['kind'];
  readonly title: string;
  /** Naming it chooses this project. */
  readonly manifest: string;
  /** The command that makes one, for a hint. */
  readonly makeManifest: string;
  /** What its tools read beside the manifest, and would wait for. */
  readonly readWith: readonly string[];
  /** Of its source files. */
  readonly suffix: string;
  /** A folder of sources can be a program of a manifest that lies above. */
  readonly hasPackagesBelow: boolean;
  /** The project of a directory; null where there is none. @param options.binary which of several programs. */
  readonly detect: (
    directory: string,
    options: { readonly binary?: string | undefined },
  ) => SourceProject | null;
}
