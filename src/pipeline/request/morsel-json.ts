import type { Allocator, Rung, SizeProfile } from '../../core/choices.ts';

/** What a `morsel.json` may hold. No field is required; `configuration-schema.ts` has their rules and meanings. */
export interface Configuration extends WrittenSettings {
  readonly $schema?: string | undefined;
  readonly name?: string | undefined;
  readonly bin?: string | readonly string[] | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly size?: SizeProfile | undefined;
  readonly experimental?: boolean | undefined;
  /** One command, as a list of words, or several. */
  readonly prepare?: readonly (string | readonly string[])[] | undefined;
  /** The same, for what builds C and C++ in place of its build files. */
  readonly build?: readonly (string | readonly string[])[] | undefined;
  readonly rungs?: readonly Rung[] | Readonly<Partial<Record<Rung, WrittenSettings | undefined>>> | undefined;
  readonly allowFewerFeatures?: boolean | undefined;
  readonly dependencies?: readonly WrittenDependency[] | undefined;
  readonly entrypoint?: readonly string[] | undefined;
  readonly cmd?: readonly string[] | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly user?: string | undefined;
  readonly workdir?: string | undefined;
  readonly programPath?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly expose?: readonly string[] | undefined;
  readonly stopSignal?: string | undefined;
  readonly volumes?: readonly string[] | undefined;
  readonly init?: boolean | undefined;
  readonly health?: string | undefined;
  /** Bytes. */
  readonly stackSize?: number | undefined;
  readonly allocator?: Allocator | undefined;
  readonly add?: readonly string[] | undefined;
  readonly timeZone?: string | undefined;
  readonly with?: readonly string[] | undefined;
  readonly without?: readonly string[] | undefined;
  readonly ca?: readonly string[] | undefined;
  readonly limits?:
    { readonly maxImageBytes?: number | undefined; readonly maxFiles?: number | undefined } | undefined;
  /** In the words of `proof/`, which validates them. */
  readonly checks?: readonly unknown[] | undefined;
}

/** What is said to what builds a project: for all rungs, and for single ones. */
export interface WrittenSettings {
  readonly c?:
    | {
        readonly link?: readonly string[] | undefined;
        readonly cflags?: readonly string[] | undefined;
        readonly ldflags?: readonly string[] | undefined;
        readonly includes?: readonly string[] | undefined;
        readonly std?: string | undefined;
      }
    | undefined;
  readonly configure?: readonly string[] | undefined;
  readonly make?: readonly string[] | undefined;
  readonly cmake?: readonly string[] | Definitions | undefined;
  readonly meson?: readonly string[] | Definitions | undefined;
  readonly cargo?:
    | { readonly features?: readonly string[] | undefined; readonly defaultFeatures?: boolean | undefined }
    | undefined;
  readonly go?:
    | { readonly tags?: readonly string[] | undefined; readonly ldflags?: readonly string[] | undefined }
    | undefined;
}

/** A library by its name, or one with sources or words of the project's own. */
export type WrittenDependency =
  | string
  | {
      readonly name: string;
      readonly source?: string | undefined;
      readonly sha256?: string | undefined;
      readonly configure?: readonly string[] | undefined;
    };

/** NAME: VALUE for -DNAME=VALUE. */
export type Definitions = Readonly<Record<string, string | number | boolean>>;
