/** The PATH that runtimes set where an image has none (moby oci/defaults.go); images of morsel carry it. */
export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The `Env` of an image configuration, `NAME=VALUE` each (image-spec/config.md); a name alone has an empty value. */
export function parseEnvironment(env: readonly string[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries(
    env.map((pair) => {
      const at = pair.indexOf('=');
      return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
