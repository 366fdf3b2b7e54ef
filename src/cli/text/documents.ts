import type {
  BuildResult,
  CacheListing,
  Comparison,
  CopiedImage,
  DoctorReport,
  Evidence,
  Explanation,
  FileReport,
  LoadedImage,
  LddReport,
  PrunedCache,
  Receipt,
  RungPlan,
  TreeReport,
} from '../../index.ts';
import type { ErrorCode } from '../../core/errors.ts';
import { printResult } from './print.ts';
import { json } from './text.ts';

/**
 * The one document that each command prints with `--format json`. `schema/NAME.schema.json` and docs/reference/json.md
 * are made from these types and the comments in them, and the tests hold what is printed against the schemas.
 */
export interface Documents {
  /** `morsel build`: the image that was written, and all that is known of it. */
  readonly build: BuildResult;
  /** `morsel build --plan`: how each rung would be compiled; of a ready executable, the image that would be written. */
  readonly 'build-plan': readonly RungPlan[];
  /** `morsel ldd`: what a program loads; a list of these where several files are given. */
  readonly ldd: LddReport | readonly LddReport[];
  /** `morsel inspect`: of a file, or of a directory or an image with all its ELF files. */
  readonly inspect: FileReport | TreeReport;
  /** `morsel explain`: why a container does not start. */
  readonly explain: Explanation;
  /** `morsel compare`: the same program over base, libc and linkage. */
  readonly compare: Comparison;
  /** What `morsel build` keeps beside the image, or as its referrer in a layout. */
  readonly evidence: Evidence;
  /** `morsel prove`: the receipt, which is also written beside the image. */
  readonly prove: Receipt;
  /** `morsel copy`, `push` and `pull`: what is now where; a list of these where several places are given. */
  readonly copy: CopiedImage | readonly CopiedImage[];
  /** `morsel load`: which engine has the image, and under which id. */
  readonly load: LoadedImage;
  /** `morsel ls`: the tags of a repository. */
  readonly tags: readonly string[];
  /** `morsel doctor`: what this machine has and lacks. */
  readonly doctor: DoctorReport;
  /** `morsel cache ls`: what morsel keeps between builds. */
  readonly cache: CacheListing;
  /** `morsel cache prune`: what was removed of it. */
  readonly 'cache-prune': PrunedCache;
  /** Every command: why there is no result. The only one on stderr. */
  readonly error: Failure;
}

/** An expected failure (docs/reference/exit-codes.md). */
export interface Failure {
  /** Keeps its name; docs/reference/exit-codes.md says what each means. */
  readonly code: ErrorCode;
  /** What happened, and where. */
  readonly message: string;
  /** What to do now. */
  readonly hint: string;
  /** Facts for programs, by name: the output of a compiler, the reasons of each rung. */
  readonly details: Readonly<Record<string, unknown>> | null;
  /** What the system said. */
  readonly cause: string | null;
}

/** The name is what makes the compiler compare: a document that is not in the schemas cannot be printed. */
export function printDocument<Name extends Exclude<keyof Documents, 'error' | 'evidence'>>(
  _name: Name,
  document: Documents[Name],
): void {
  printResult(json(document, 2));
}
