import { MorselError } from '../core/errors.ts';

/**
 * An image name with an optional tag, `[HOST[:PORT]/]PATH[:TAG]` (distribution-spec "Pulling manifests", and the
 * grammar of distribution/reference). Digests are answers of morsel, never input here.
 */
export interface ImageName {
  readonly name: string;
  /** null when none was given; tools read that as `latest`. */
  readonly tag: string | null;
}

/** distribution/reference: reference.go `NameTotalLengthMax`. */
const NAME_LENGTH_LIMIT = 255;
const HOST =
  /^(?:localhost|[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)+|[a-zA-Z0-9-]+(?=:)|\[[0-9a-fA-F:]+\])(?::\d{1,5})?$/;
const PATH_COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;

/** Error: USAGE, naming the part that is wrong. */
export function parseImageName(text: string): ImageName {
  const slash = text.lastIndexOf('/');
  const colon = text.indexOf(':', slash + 1);
  const name = colon < 0 ? text : text.slice(0, colon);
  const tag = colon < 0 ? null : text.slice(colon + 1);
  if (text.includes('@')) throw invalid(text, 'a digest cannot be chosen', 'leave out @sha256:…');
  if (tag !== null && !TAG.test(tag))
    throw invalid(text, `the tag "${tag}" is not valid`, 'letters, digits, _ . - and at most 128 of them');
  const components = name.split('/');
  const first = components[0] ?? '';
  const isHost = components.length > 1 && HOST.test(first);
  const path = isHost ? components.slice(1) : components;
  const wrong = path.find((component) => !PATH_COMPONENT.test(component));
  if (wrong !== undefined) {
    throw invalid(
      text,
      wrong === '' ? 'a part of the name is empty' : `"${wrong}" is not valid`,
      'lower-case letters and digits, joined by . _ or -',
    );
  }
  if (name.length > NAME_LENGTH_LIMIT)
    throw invalid(text, `it is longer than ${NAME_LENGTH_LIMIT} characters`, 'choose a shorter name');
  return { name, tag };
}

/** `hello:latest`: what archives carry, since `docker load` wants a tag. */
export function formatImageName({ name, tag }: ImageName): string {
  return `${name}:${tag ?? 'latest'}`;
}

function invalid(text: string, why: string, hint: string): MorselError {
  return new MorselError('USAGE', `image name "${text}": ${why}`, { hint });
}
