/**
 * A field of a message, on the way to a value that breaks a rule. Generated code makes one for each
 * field that has rules.
 */
export interface Field {
  /** The field's name in the contract: `product_id`. */
  readonly name: string;
  /**
   * Its place in the message as TypeScript has it: `["productId"]`; of a field in a oneof
   * `["payment", "value"]`.
   */
  readonly local: readonly string[];
}

/** The key of a pair of a map, on the way to a value that breaks a rule. */
export interface MapKey {
  readonly key: string | number | bigint | boolean;
}

/** A step on the way to a value: a field, an index in a list, or a key in a map. */
export type PathStep = Field | MapKey | number;

/** A {@link Field}. `local` is its place in TypeScript; default: its name. */
export function field(name: string, ...local: readonly string[]): Field {
  return { name, local: local.length === 0 ? [name] : local };
}

/** How many characters of a key a path shows. */
const MAX_KEY_LENGTH = 64;

/**
 * A path in the contract's names: `lines[0].product_id`, `labels["color"]`. A key shows its first
 * 64 characters, and with `keys: false` none of them.
 */
export function formatFieldPath(
  path: readonly PathStep[],
  { keys = true }: { readonly keys?: boolean } = {},
): string {
  let text = "";
  for (const step of path)
    if (typeof step === "number") text += `[${step}]`;
    else if ("key" in step) text += `[${keys ? formatKey(step.key) : "…"}]`;
    else text += text === "" ? step.name : `.${step.name}`;
  return text;
}

function formatKey(key: MapKey["key"]): string {
  if (typeof key !== "string") return String(key);
  const cut = key.length > MAX_KEY_LENGTH ? `${key.slice(0, MAX_KEY_LENGTH)}…` : key;
  return JSON.stringify(cut);
}

/** A path in TypeScript's names, a property or index each: `["lines", 0, "productId"]`. */
export function localPath(path: readonly PathStep[]): (string | number)[] {
  return path.flatMap((step) => {
    if (typeof step === "number") return step;
    if (!("key" in step)) return step.local;
    return typeof step.key === "number" ? step.key : String(step.key);
  });
}
