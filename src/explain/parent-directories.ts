/** `/`, `/usr`, `/usr/bin` for `/usr/bin/id`. */
export function parentDirectories(path: string): readonly string[] {
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .slice(0, -1);
  return ['/', ...parts.map((_part, index) => `/${parts.slice(0, index + 1).join('/')}`)];
}
