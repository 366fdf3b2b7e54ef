/**
 * What a tool prints when it fails, and what to do about it. A build decides what is printed, so each pattern takes
 * linear time: it starts with a literal, and every repetition after it has a bound.
 */
export interface Symptom {
  readonly pattern: RegExp;
  /** null: it says nothing after all, and the next is asked. */
  readonly hint: (match: RegExpExecArray) => string | null;
  /** Another compiler would fail in the same way. */
  readonly hopeless?: true;
}

/** What cargo, rustc and the go command say, and what to do about each. */
export const LANGUAGE_SYMPTOMS: readonly Symptom[] = [
  {
    pattern: /lock file [^\n]{1,400}? (?:needs to be updated|because --locked was passed)/,
    hint: () => 'Cargo.lock does not fit Cargo.toml: run `cargo update --workspace` and commit it',
    hopeless: true,
  },
  {
    pattern: /Could not find directory of OpenSSL installation|could not find openssl via pkg-config/i,
    hint: () =>
      'openssl-sys wants an OpenSSL of this C library: `cargo add openssl --features vendored` compiles its own, and rustls needs none',
  },
  {
    pattern: /pkg-config has not been configured to support cross-compilation/,
    hint: () =>
      "a crate wants the system's library, which is made for another C library: switch on its feature `vendored`, `bundled` or `static`",
  },
  {
    pattern: /failed to find tool "?([^\s"?]{1,200})/,
    hint: (match) =>
      `a crate compiles C or C++ and wants ${match[1]}; pip install ziglang brings both for musl`,
  },
  {
    pattern: /Unable to find libclang/,
    hint: () => 'a crate makes its bindings with bindgen: apt-get install libclang-dev',
    hopeless: true,
  },
  {
    pattern: /error\[E0554\]: `#!\[feature\]` may not be used/,
    hint: () =>
      'the project needs a nightly compiler: install one with a standard library for this target, which here only a stable one has',
    hopeless: true,
  },
  {
    pattern: /requires rustc ([\d.]{1,40}) or newer|cannot be built because it requires rustc ([\d.]{1,40})/,
    hint: (match) =>
      `a crate asks for rustc ${match[1] ?? match[2]}: rustup update stable, or lock an older version of it`,
    hopeless: true,
  },
  {
    // Others than cargo cannot resolve a host either.
    pattern: /no matching package named|failed to (?:download|get) [`']|spurious network error/i,
    hint: () =>
      'the registry is not reachable, or nothing may be fetched here: run `cargo fetch` while there is a network',
    hopeless: true,
  },
  {
    // A module's archive has no vendor/ but its list.
    pattern: /import lookup disabled by -mod=vendor|inconsistent vendoring in/,
    hint: () => 'vendor/ does not hold what go.mod names: run `go mod vendor`, or remove the folder',
    hopeless: true,
  },
  {
    pattern: /missing go\.sum entry|updates to go\.(?:mod|sum) needed|no required module provides package/,
    hint: () => 'go.mod or go.sum is incomplete: run `go mod tidy`',
    hopeless: true,
  },
  {
    pattern: /go\.mod requires go >= ([\w.]{1,40})/,
    hint: (match) => `install Go ${match[1]}, or let the go command fetch it: GOTOOLCHAIN=auto`,
    hopeless: true,
  },
  {
    // The last one: the module cache of a sandboxed build.
    pattern:
      /module lookup disabled by GOPROXY=off|dial tcp: lookup [^\n]{1,300}?: no such host|@v\/[\w.+-]{1,200}: read-only file system/,
    hint: () => 'modules are missing and cannot be fetched: run `go mod download` while there is a network',
    hopeless: true,
  },
  {
    pattern: /build constraints exclude all Go files in/,
    hint: () =>
      'a package has only cgo files, which CGO_ENABLED=0 leaves out: unset it, or use another package',
    hopeless: true,
  },
];
