/** Names that the program of a project bears, the best first: `libzstd` makes zstd, `bird2` makes bird, `lua5.4` makes lua. */
export function namesOfProject(name: string): readonly string[] {
  const plain = name.replace(/^lib(?=[a-z])/i, '');
  const unversioned = plain.replace(/-?\d{1,9}(\.\d{1,9}){0,3}$/, '');
  return [...new Set([name, plain, unversioned])].filter((one) => one !== '');
}
