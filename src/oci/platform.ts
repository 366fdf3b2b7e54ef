import { MorselError } from '../core/errors.ts';
import { hostArchitecture } from '../core/machines.ts';
import type { Platform } from './descriptor.ts';

/** The platform of images that this machine runs natively. Node does not say which variant of ARM it is: none is named. */
export function hostPlatform(): Platform {
  return { os: 'linux', architecture: hostArchitecture() };
}

/** `linux/arm64/v8`. */
export function formatPlatform(platform: Platform): string {
  const { os, architecture, variant } = platform;
  return variant === undefined || variant === ''
    ? `${os}/${architecture}`
    : `${os}/${architecture}/${variant}`;
}

/** `linux/amd64`, `linux/arm/v7`. Errors: USAGE. */
export function parsePlatform(text: string): Platform {
  const match = /^([a-z0-9]+)\/([a-z0-9_]+)(?:\/([a-z0-9.]+))?$/.exec(text);
  if (match === null) {
    throw new MorselError('USAGE', `${JSON.stringify(text)} is not a platform`, {
      hint: 'write it as linux/amd64 or linux/arm64',
    });
  }
  const [, os = '', architecture = '', variant] = match;
  return variant === undefined ? { os, architecture } : { os, architecture, variant };
}

/** Whether an image of `offered` serves who asks for `wanted`; a variant counts only where both name one. */
export function matchesPlatform(wanted: Platform, offered: Platform): boolean {
  if (wanted.os !== offered.os || wanted.architecture !== offered.architecture) return false;
  const variants = [wanted.variant, offered.variant].map((variant) => variant ?? '');
  return variants.includes('') || variants[0] === variants[1] || isDefaultArm64(wanted, variants);
}

/** arm64 has one variant, v8, which is written or left out (image-index.md, "Platform Variants"). */
function isDefaultArm64(platform: Platform, variants: readonly string[]): boolean {
  return platform.architecture === 'arm64' && variants.every((variant) => variant === '' || variant === 'v8');
}
