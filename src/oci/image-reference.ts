import { MorselError } from '../core/errors.ts';

// The grammar of distribution/reference: path components, a domain that has a dot, a port or is localhost, a tag.
const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const DOMAIN =
  '(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*(?::[0-9]+)?)';
const REFERENCE = new RegExp(
  `^(?:(${DOMAIN})/)?(${COMPONENT}(?:/${COMPONENT})*)(?::([A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?$`,
);
const NAME_LIMIT = 255;
const HUB = 'docker.io';

/**
 * The name with its tag, as users know it: `hello` -> `hello:latest`, `ghcr.io/me/x:1` stays. Errors: USAGE.
 */
export function normaliseReference(text: string): string {
  const { name, tag } = parse(text);
  return `${name}:${tag}`;
}

/** As containerd wants it: `docker.io/library/hello:latest`. */
export function qualifiedReference(text: string): string {
  const { name, tag } = parse(text);
  const first = name.split('/')[0] as string;
  const hasDomain = name.includes('/') && (/[.:]/.test(first) || first === 'localhost');
  if (hasDomain) return `${name}:${tag}`;
  return `${HUB}/${name.includes('/') ? '' : 'library/'}${name}:${tag}`;
}

function parse(text: string): { name: string; tag: string } {
  const match = REFERENCE.exec(text);
  const [, domain, path = '', tag = 'latest'] = match ?? [];
  const name = domain === undefined ? path : `${domain}/${path}`;
  if (match === null || name.length > NAME_LIMIT || !isDomainWhereNeeded(domain)) {
    throw new MorselError('USAGE', `${JSON.stringify(text)} is not an image name`, {
      hint: 'write it as name, name:tag or registry.example.com/name:tag, in lower case',
    });
  }
  return { name, tag };
}

/** `Upper/case` would match as a domain: only what engines take for one may hold what a path may not. */
function isDomainWhereNeeded(domain: string | undefined): boolean {
  if (domain === undefined || /[.:]/.test(domain) || domain === 'localhost') return true;
  return new RegExp(`^${COMPONENT}$`).test(domain);
}
