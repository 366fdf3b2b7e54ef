import type { NeedKey } from '../../needs/index.ts';

/** An image that programs are put on, as data: enough to judge a dynamic program without having the image. */
export interface Base {
  readonly name: string;
  /** Package sources and how this was read; shown by `inspect -v`. */
  readonly source: string;
  /** null: no dynamic loader in it. */
  readonly libc: { readonly name: 'glibc' | 'musl'; readonly version: string } | null;
  /** For which there is an image, in OCI's words without `linux/`: `amd64`, `arm/v7`; null: for every one. */
  readonly platforms: readonly string[] | null;
  /** The level of x86-64 that its C library insists on; not given for the baseline. */
  readonly cpuLevel?: string;
  /** /lib and its like are links into /usr; not given where that is not known. */
  readonly mergedUsr?: true;
  /** Debian's: the loader stands in /lib/TUPLE, and the usual path is a link to it. */
  readonly multiarch?: true;
  /** By soname. */
  readonly libraries: BaseLibraries;
  /** False where the list may lack some: a library that is not in it makes the verdict `unknown`, not `no`. */
  readonly complete: boolean;
  /** Needs that its files fulfil. */
  readonly fulfils: readonly NeedKey[];
}

/** As much of a map as a verdict asks for: the tables of the known bases are searched, not parsed. */
export type BaseLibraries = Pick<ReadonlyMap<string, BaseLibrary>, 'get'>;

/**
 * Symbol versions of one library: for each numbered family the highest (`GLIBC: '2.36'`), and the names that have no
 * number (`GLIBC_ABI_DT_RELR`, `CXXABI_FLOAT128`).
 */
export interface BaseLibrary {
  readonly highest: Readonly<Record<string, string>>;
  readonly names: readonly string[];
}
