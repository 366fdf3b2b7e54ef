declare const MORSEL_VERSION: string | undefined;

/** Set by the bundler from package.json. */
export function readVersion(): string {
  return typeof MORSEL_VERSION === 'string' ? MORSEL_VERSION : '0.0.0-source';
}
