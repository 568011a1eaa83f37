/** What all connections of a process may hold at least, however small it is. */
const LEAST_BYTES = 67_108_864;

/**
 * The default of `maxHeldBytesTotal`: a quarter of the memory that the process may use, by its
 * cgroup or the machine, and at most half of V8's heap limit.
 */
export function defaultTotalBytes(): number {
  const { totalmem } = process.getBuiltinModule("node:os");
  const { getHeapStatistics } = process.getBuiltinModule("node:v8");
  // Without a limit it is 0, undefined or more than any machine has.
  const constrained = process.constrainedMemory?.() ?? 0;
  const memory = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  const share = Math.min(memory / 4, getHeapStatistics().heap_size_limit / 2);
  return Math.max(LEAST_BYTES, Math.floor(share));
}
