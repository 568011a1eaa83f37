/** Whether a path of a field mask is one of `paths`, or below one. */
export function isCovered(path: string, paths: readonly string[]): boolean {
  return paths.some((one) => path === one || path.startsWith(`${one}.`));
}
