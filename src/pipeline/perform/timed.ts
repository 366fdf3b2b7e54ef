/** Not `performance`: loading it costs more than a small image. */
export async function timed<T>(
  work: () => T | Promise<T>,
): Promise<{ readonly value: T; readonly elapsedMs: number }> {
  const started = process.hrtime.bigint();
  const value = await work();
  return { value, elapsedMs: Number((process.hrtime.bigint() - started) / 1_000_000n) };
}
