/** PATH_MAX and NAME_MAX of Linux, without the closing NUL: longer is ENAMETOOLONG. */
export const PATH_LIMIT_BYTES = 4095;
export const NAME_LIMIT_BYTES = 255;

/** Whether Linux answers ENAMETOOLONG to the whole or to a name in it. */
export function isPathTooLong(path: string): boolean {
  return (
    Buffer.byteLength(path) > PATH_LIMIT_BYTES ||
    path.split('/').some((name) => Buffer.byteLength(name) > NAME_LIMIT_BYTES)
  );
}
