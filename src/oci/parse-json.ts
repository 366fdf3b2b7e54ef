import { MorselError } from '../core/errors.ts';
import { DAMAGED_IMAGE_HINT, OVERSIZED_IMAGE_HINT } from './hints.ts';

/** Manifests, indexes and configs: what registries accept at most, too (distribution-spec suggests 4 MiB). */
export const METADATA_LIMIT_BYTES = 4 * 1024 * 1024;
/** Objects and lists in each other. Documents of images have 6; beyond some thousand JSON.parse has no stack left. */
export const JSON_DEPTH_LIMIT = 64;
/** Each value takes up to 60 bytes of memory, whatever it takes in the text: 4 MiB of `[],[],…` would become 100. */
export const JSON_VALUES_LIMIT = 262_144;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPENING: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const CLOSING: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/**
 * A document of an image as JSON, without the fields that are `null`. `where` says whose bytes. Errors: LIMIT_EXCEEDED
 * before memory or stack is spent, IMAGE_INVALID.
 */
export function parseJson(bytes: Buffer, where: string): unknown {
  if (bytes.length > METADATA_LIMIT_BYTES) {
    throw exceeded(`${where} has ${bytes.length} bytes; the limit is ${METADATA_LIMIT_BYTES}`);
  }
  checkShape(bytes, where);
  try {
    // Go writes `null` for what is not there; a reviver that gives undefined takes such fields out.
    return JSON.parse(bytes.toString('utf8'), (_key, value: unknown) => (value === null ? undefined : value));
  } catch (error) {
    // V8 quotes some of the text, which may be a file of this machine that a layout only links to.
    const at = /at position \d+/.exec(String(error))?.[0];
    throw new MorselError('IMAGE_INVALID', `${where} is not JSON${at === undefined ? '' : ` (${at})`}`, {
      hint: DAMAGED_IMAGE_HINT,
    });
  }
}

/** Counts what is outside of strings; what is no JSON at all is left to the parser. */
function checkShape(bytes: Buffer, where: string): void {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) at = endOfString(bytes, at + 1);
    else if (byte === COMMA) values += 1;
    else if (CLOSING.has(byte)) depth -= 1;
    else if (OPENING.has(byte)) {
      values += 1;
      depth += 1;
    }
    if (depth > JSON_DEPTH_LIMIT) throw exceeded(`${where} is nested deeper than ${JSON_DEPTH_LIMIT}`);
    if (values > JSON_VALUES_LIMIT) throw exceeded(`${where} has more than ${JSON_VALUES_LIMIT} values`);
  }
}

function endOfString(bytes: Buffer, start: number): number {
  for (let at = start; at < bytes.length; at += 1) {
    if (bytes[at] === QUOTE) return at;
    if (bytes[at] === BACKSLASH) at += 1;
  }
  return bytes.length;
}

function exceeded(message: string): MorselError {
  return new MorselError('LIMIT_EXCEEDED', message, {
    hint: OVERSIZED_IMAGE_HINT,
  });
}
