import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { MorselError } from '../../core/errors.ts';
import type { Platform } from '../../oci/index.ts';
import { besideImage, type WritableLocation } from '../../places/index.ts';
import { debugTwinPlace } from './debug-twin.ts';

/**
 * A trailing slash means an OCI layout. By default the archive is named like the image, without registry and tag. Error:
 * USAGE.
 */
export function parseOutput(output: string | undefined, reference: string): WritableLocation {
  if (output === undefined) {
    const lastPart = reference.slice(reference.lastIndexOf('/') + 1);
    return { kind: 'archive', path: resolve(`${lastPart.slice(0, lastPart.indexOf(':'))}.tar`) };
  }
  if (output === '' || output.includes('\0')) {
    throw new MorselError('USAGE', 'the output path is empty, or holds a NUL', {
      hint: 'give -o FILE.tar or -o DIR/',
    });
  }
  const isLayout = output.endsWith('/');
  if (!isLayout) refuseForeignFormat(output);
  return { kind: isLayout ? 'layout' : 'archive', path: resolve(output) };
}

/** A tar file that calls itself something else is found out by the next tool, or by the next person. */
const FOREIGN_FORMAT =
  /\.(?:zip|jar|7z|rar|tgz|tbz2?|txz|tzst|gz|bz2|xz|zst|lz4|lzma|sif|squashfs|sqfs|sfs|iso|img|qcow2|vmdk|ext4|cpio|deb|rpm|apk|appimage|json|html?|txt|md|ya?ml|toml|c|cc|cpp|h|rs|go|exe|so|a|o)$/i;

function refuseForeignFormat(output: string): void {
  const found = FOREIGN_FORMAT.exec(basename(output));
  if (found === null) return;
  const stem = output.slice(0, -found[0].length).replace(/\.tar$/i, '');
  throw new MorselError('USAGE', `${output}: morsel writes tar archives, and no ${found[0]}`, {
    hint: `give -o ${stem}.tar (its layers are compressed already), or -o ${stem}/ for an OCI layout`,
  });
}

/**
 * What a build leaves at its output, absolute: never a source of the next one, which would be another for it, and never a
 * part of an image that its folder is added to.
 */
export function outputsOf(output: WritableLocation, platforms: readonly Platform[]): readonly string[] {
  const paths =
    output.kind === 'archive'
      ? [
          output.path,
          ...evidencePaths(output, platforms),
          besideImage(output, 'receipt'),
          debugTwinPlace(output).path,
        ]
      : [output.path];
  return [...new Set([...paths, ...paths.map(realPlace)])];
}

/** Beside an archive: `hello.evidence.json`, and of several platforms `hello.linux_arm64.evidence.json` each. */
export function evidencePaths(output: WritableLocation, platforms: readonly Platform[]): readonly string[] {
  if (platforms.length === 1) return [besideImage(output, 'evidence')];
  return platforms.map((platform) => besideImage(output, 'evidence', platform));
}

/** By the real name of its folder, which the walk through a tree may have come by. */
function realPlace(path: string): string {
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    return path;
  }
}
