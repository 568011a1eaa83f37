/** What lives after two forced collections, in octets; the second takes what the first only let go of. Needs `--expose-gc`. */
export function liveBytes(): number {
  if (globalThis.gc === undefined) throw new Error("start it with --expose-gc");
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** As people read it. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(2)} MiB`;
}
