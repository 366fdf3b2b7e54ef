import type { EventSink } from '../../core/events.ts';
import type {
  Allocator,
  Compression,
  ProofStrength,
  Rung,
  SandboxName,
  SizeProfile,
} from '../../core/choices.ts';

/** What a caller may ask of `build`; a field that is absent is taken from `morsel.json`, then from the defaults. */
export interface BuildOptions {
  /** A project directory, a C or C++ file, or an ELF executable. Default: the current directory. */
  readonly path?: string | undefined;
  /** More C and C++ files that make one program with `path`, which is one too. */
  readonly moreSources?: readonly string[] | undefined;
  /** Which of several programs of the project (`--bin`); a list: all of these, in one image. */
  readonly binary?: string | readonly string[] | undefined;
  /** Handed to what builds the project: configure, cmake, meson setup, make, cargo, go or the compiler (after `--`). */
  readonly words?: readonly string[] | undefined;
  /** Libraries for a C or C++ file, as after `-l` (`--link`); added to those of `morsel.json`. */
  readonly link?: readonly string[] | undefined;
  /** A lower rung may come out with fewer features than the ordinary build has. */
  readonly allowFewerFeatures?: boolean | undefined;
  /** Image names, `hello` or `registry.example/hello:1.0`; default: the project's name. */
  readonly tags?: readonly string[] | undefined;
  /** `linux/arm64`, or `all`; several make one index. Default: what the environment names (GOARCH …), else this machine's. */
  readonly platforms?: readonly string[] | undefined;
  /** A root of the machine that the program is for: its libraries and files are taken from there. Default: this machine's. */
  readonly root?: string | undefined;
  /** `DIR/` is an OCI layout, any other path an archive; default `NAME.tar` in the current directory. */
  readonly output?: string | undefined;
  /** Only these rungs, in the ladder's order. */
  readonly rungs?: readonly Rung[] | undefined;
  readonly size?: SizeProfile | undefined;
  /** Consent to unstable toolchain features (`--toolchain-experimental`). */
  readonly experimental?: boolean | undefined;
  readonly compression?: Compression | undefined;
  readonly compressionLevel?: number | undefined;
  readonly entrypoint?: readonly string[] | undefined;
  readonly cmd?: readonly string[] | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** `UID[:GID]`, numeric; default 65532:65532. */
  readonly user?: string | undefined;
  readonly workdir?: string | undefined;
  /** Where the program is put in the image; default: a ready dynamic program stays at its own path, others go to `/NAME`. */
  readonly programPath?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /** `PORT[/tcp|udp]` */
  readonly expose?: readonly string[] | undefined;
  readonly stopSignal?: string | undefined;
  /** Directories whose content is to be kept outside of the container; made for the user where they are not there. */
  readonly volumes?: readonly string[] | undefined;
  /** A small init of morsel's own is PID 1: it hands signals on, and waits for orphans. */
  readonly init?: boolean | undefined;
  /** `http://[HOST]:PORT/PATH` or `tcp://[HOST]:PORT`, with `,interval=30s,timeout=5s,start-period=0s,retries=3`. */
  readonly health?: string | undefined;
  /** Bytes of stack for the threads of a program on musl; default 8388608, as glibc gives them. */
  readonly stackSize?: number | undefined;
  /** What `malloc` is in C and C++ programs on musl. */
  readonly allocator?: Allocator | undefined;
  /** Write the same image with one layer of tools more, beside it. */
  readonly debugTwin?: boolean | undefined;
  /** Programs of this machine that the twin has beside busybox. */
  readonly debugTools?: readonly string[] | undefined;
  /** `SRC:DST[:MODE]`, octal mode; SRC is relative to the current directory (in `morsel.json`: to the project). */
  readonly add?: readonly string[] | undefined;
  /** A zone name (`Europe/Berlin`): its data is packed, from this machine's tzdata, and TZ is set. */
  readonly timeZone?: string | undefined;
  /** Needs whose files are packed, whatever the bytes of the program say: `fonts`; docs/reference/needs.md has the names. */
  readonly with?: readonly string[] | undefined;
  /** Needs whose files are left out. */
  readonly without?: readonly string[] | undefined;
  /** PEM files of authorities that the image is to trust beside the public ones. */
  readonly ca?: readonly string[] | undefined;
  /** `default`: prove where a sandbox works; `require`: as `requireProof: 'start'`; `skip`: do not run anything. */
  readonly prove?: 'default' | 'require' | 'skip' | undefined;
  /** A weaker proof is an error (PROOF_FAILED), and so is that no sandbox works (SANDBOX_MISSING). */
  readonly requireProof?: ProofStrength | undefined;
  /** Beside those of `morsel.json`, and as its `checks`. */
  readonly checks?: readonly unknown[] | undefined;
  /** Only this one: where it does not work, the build fails (SANDBOX_MISSING). */
  readonly sandbox?: SandboxName | undefined;
  /** Keep beside the image why it is as it is; default true. */
  readonly evidence?: boolean | undefined;
  /** For each command of a build, 1 to 2147483; default 3600. */
  readonly timeoutSeconds?: number | undefined;
  /** Compile in bubblewrap: no network, and of this machine only toolchains, sources and the build's own folders. */
  readonly sandboxBuild?: boolean | undefined;
  /** Build libraries that a static rung's C library lacks, from their sources; default true. */
  readonly libraries?: boolean | undefined;
  /** Fetch nothing: libraries come from the cache, and cargo and go use what is on this machine. */
  readonly offline?: boolean | undefined;
  /** Seconds since the epoch for every file time; default SOURCE_DATE_EPOCH of the environment, or 0. */
  readonly sourceDateEpoch?: number | undefined;
  /** Where morsel keeps objects between builds; default `$XDG_CACHE_HOME/morsel`. */
  readonly cacheDirectory?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: EventSink | undefined;
}
