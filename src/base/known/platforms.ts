/**
 * For which platforms there is an image, in OCI's words without `linux/`. From the pages of the images (the "Supported
 * architectures" of Docker Official Images, distroless' README); the lists change by release, and a name that is missing
 * makes a `no` that an image of one's own may answer.
 */
const OFFICIAL = ['amd64', 'arm/v7', 'arm64', 'ppc64le', 's390x'] as const;

export const PLATFORMS = {
  alpine: [...OFFICIAL, 'arm/v6', '386', 'riscv64'],
  busybox: [...OFFICIAL, 'arm/v5', 'arm/v6', '386', 'riscv64', 'mips64le'],
  debian12: [...OFFICIAL, 'arm/v5', '386', 'mips64le'],
  debian13: [...OFFICIAL, 'arm/v5', '386', 'riscv64'],
  distroless: OFFICIAL,
  ubi: ['amd64', 'arm64', 'ppc64le', 's390x'],
  ubuntu: [...OFFICIAL, 'riscv64'],
} as const;
