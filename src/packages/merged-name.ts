/** The directories that a merged /usr has as links at the root (systemd's file-hierarchy(7)). */
const MERGED = /^(?:\/usr)?(\/(?:bin|sbin|lib|lib32|lib64|libx32|libo32)(?:\/.*)?)$/;

/**
 * The other name of a path on a merged /usr: a package may own /lib/x while the file is found as /usr/lib/x, and the
 * other way round. null: it has none.
 */
export function mergedName(path: string): string | null {
  const [, rest] = MERGED.exec(path) ?? [];
  if (rest === undefined) return null;
  return path.startsWith('/usr/') ? rest : `/usr${rest}`;
}
