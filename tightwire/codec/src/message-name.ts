/**
 * Names that the code of a message uses, or that nothing in TypeScript can have. A message or enum
 * of such a name would hide what the code around it needs. ts-proto itself renames the first two.
 */
const TAKEN: ReadonlySet<string> = new Set([
  "Date",
  "Function",
  ...["BigInt", "Map", "Partial", "ReadonlyArray", "Uint8Array", "globalThis", "undefined"],
  // What ts-proto writes beside the messages of a file, and what it imports.
  ...["BinaryReader", "BinaryWriter", "Builtin", "DeepPartial", "Exact", "KeysOfUnion"],
  "MessageFns",
  // Words of the language.
  ...["any", "arguments", "as", "async", "await", "bigint", "boolean", "break", "case", "catch"],
  ...["class", "const", "continue", "debugger", "default", "delete", "do", "else", "enum", "eval"],
  ...["export", "extends", "false", "finally", "for", "function", "if", "implements", "import"],
  ...["in", "instanceof", "interface", "let", "never", "new", "null", "number", "object", "of"],
  ...["package", "private", "protected", "public", "return", "static", "string", "super"],
  ...["switch", "symbol", "this", "throw", "true", "try", "type", "typeof", "unknown", "var"],
  ...["void", "while", "with", "yield"],
]);

/**
 * The name in TypeScript of a message or enum at the top level of a file: its own, with `Message`
 * behind it where generated code needs that name for something else (`Map` is `MapMessage`). Its
 * name on the wire and in descriptors stays as it is.
 */
export function messageName(name: string): string {
  return TAKEN.has(name) ? `${name}Message` : name;
}
