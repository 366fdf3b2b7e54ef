import { parseStanzas } from './control-file.ts';

/** A place of apt's that has an archive, and a release of it. */
export interface AptSource {
  /** Without a slash at its end. */
  readonly uri: string;
  readonly suite: string;
}

/** What `/etc/apt/sources.list` and `sources.list.d/*.list` name: sources.list(5), one line a source. Pure. */
export function parseOneLineSources(text: string): readonly AptSource[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb(?:-src)?\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)/.exec(line);
    return match === null ? [] : sourcesOf([match[1] ?? ''], [match[2] ?? '']);
  });
}

/** What `sources.list.d/*.sources` name: deb822 style. Pure. */
export function parseDeb822Sources(text: string): readonly AptSource[] {
  return [...parseStanzas(text)].flatMap((stanza) => {
    const isEnabled = !/^(?:no|false|without|off|disable)$/i.test(stanza.get('enabled') ?? 'yes');
    if (!isEnabled) return [];
    return sourcesOf(wordsOf(stanza.get('uris')), wordsOf(stanza.get('suites')));
  });
}

function wordsOf(value: string | undefined): readonly string[] {
  return (value ?? '').split(/\s+/).filter((word) => word !== '');
}

/** Media, local folders and lists of mirrors are none that a URL reaches. */
function sourcesOf(uris: readonly string[], suites: readonly string[]): readonly AptSource[] {
  return uris
    .filter((uri) => /^https?:\/\//.test(uri))
    .flatMap((uri) => suites.map((suite) => ({ uri: uri.replace(/\/+$/, ''), suite })));
}

/** Where Debian's archive is read from: the releases with their updates, and the security updates. */
export interface DebianMirrors {
  readonly main: string;
  readonly security: string;
}

/** Debian's own name for all of its mirrors. */
export const CANONICAL_MIRRORS: DebianMirrors = {
  main: 'http://deb.debian.org/debian',
  security: 'http://deb.debian.org/debian-security',
};

const RELEASE =
  /^(?:buster|bullseye|bookworm|trixie|forky|sid|oldoldstable|oldstable|stable|testing|unstable)$/;

/**
 * The mirrors that this machine uses already, Debian's own where it uses none: its network may let it reach no other.
 * `override`: of MORSEL_DEBIAN_MIRROR, a URL, or two with the security archive's second. Pure.
 */
export function chooseMirrors(sources: readonly AptSource[], override: string | undefined): DebianMirrors {
  const [own, ownSecurity] = wordsOf(override).map((uri) => uri.replace(/\/+$/, ''));
  if (own !== undefined) return { main: own, security: ownSecurity ?? `${own}-security` };
  const main = sources.find(({ suite }) => RELEASE.test(suite));
  const security = sources.find(
    ({ suite }) =>
      /^[a-z]+(?:-security|\/updates)$/.test(suite) &&
      RELEASE.test(suite.replace(/-security$|\/updates$/, '')),
  );
  return {
    main: main?.uri ?? CANONICAL_MIRRORS.main,
    security: security?.uri ?? CANONICAL_MIRRORS.security,
  };
}
