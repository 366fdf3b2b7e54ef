/** Rust's target triples by OCI architecture. rustc book, "Platform Support". */
const TRIPLES: Readonly<Record<string, { readonly musl: string; readonly gnu: string }>> = {
  amd64: { musl: 'x86_64-unknown-linux-musl', gnu: 'x86_64-unknown-linux-gnu' },
  arm64: { musl: 'aarch64-unknown-linux-musl', gnu: 'aarch64-unknown-linux-gnu' },
  arm: { musl: 'armv7-unknown-linux-musleabihf', gnu: 'armv7-unknown-linux-gnueabihf' },
  '386': { musl: 'i686-unknown-linux-musl', gnu: 'i686-unknown-linux-gnu' },
  riscv64: { musl: 'riscv64gc-unknown-linux-musl', gnu: 'riscv64gc-unknown-linux-gnu' },
  ppc64le: { musl: 'powerpc64le-unknown-linux-musl', gnu: 'powerpc64le-unknown-linux-gnu' },
  s390x: { musl: 's390x-unknown-linux-musl', gnu: 's390x-unknown-linux-gnu' },
};

/** null for an architecture that Rust has no such target for. */
export function rustTriple(architecture: string, libc: 'musl' | 'gnu'): string | null {
  return TRIPLES[architecture]?.[libc] ?? null;
}

/** The triple in the middle of an environment variable: `CC_x86_64_unknown_linux_musl`. */
export function tripleVariable(prefix: string, triple: string): string {
  return `${prefix}_${triple.replaceAll('-', '_')}`;
}
