/** Values that a generated file makes once: patterns, bytes, times, lists. */
export interface ConstantList {
  /** The name of a constant with this expression; the same expression has one. */
  name(expression: string): string;
  lines(): string[];
}

/** An empty list. Names start with a `$`, which no name of a contract can have. */
export function createConstantList(): ConstantList {
  const names = new Map<string, string>();
  return {
    name(expression) {
      const name = names.get(expression) ?? `$${names.size + 1}`;
      names.set(expression, name);
      return name;
    },
    lines: () => [...names].map(([expression, name]) => `const ${name} = ${expression};`),
  };
}
