/**
 * Throws a TypeError that names every option that does not exist: a misspelt option is found at
 * once, not in production.
 */
export function refuseUnknownOptions(
  what: string,
  options: object,
  known: readonly string[],
): void {
  const unknown = Object.keys(options).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new TypeError(
    `${what} does not know the option ${unknown.map((name) => `"${name}"`).join(", ")}; it knows ${known.join(", ")}`,
  );
}
