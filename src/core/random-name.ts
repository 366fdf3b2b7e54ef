/** Not a secret: whoever creates the file does so exclusively. */
export function randomName(): string {
  return Math.random().toString(36).slice(2).padEnd(8, '0');
}
