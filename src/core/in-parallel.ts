/**
 * Does something for each item, `limit` of them at a time, in their order. After the first error no other is begun; what
 * has begun is waited for, and then the error is thrown.
 */
export async function inParallel<T>(
  items: readonly T[],
  limit: number,
  perform: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = items.values();
  const failures: unknown[] = [];
  const work = async (): Promise<void> => {
    for (const item of waiting) {
      if (failures.length > 0) return;
      try {
        await perform(item);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(limit, items.length)) }, work));
  if (failures.length > 0) throw failures[0];
}
