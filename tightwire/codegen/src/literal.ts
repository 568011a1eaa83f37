/**
 * Formats data as TypeScript on one line: `{ verb: "GET", path: "/v1/products" }`. Keys must be
 * identifiers.
 */
export function formatLiteral(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(formatLiteral).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, field]) => `${key}: ${formatLiteral(field)}`);
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}

/** Formats `key: [...],` on one line, or one item per line when it exceeds 120 characters. */
export function formatListField(key: string, items: readonly unknown[], indent: string): string[] {
  const line = `${indent}${key}: ${formatLiteral(items)},`;
  if (line.length <= 120) return [line];
  return [
    `${indent}${key}: [`,
    ...items.map((item) => `${indent}  ${formatLiteral(item)},`),
    `${indent}],`,
  ];
}
