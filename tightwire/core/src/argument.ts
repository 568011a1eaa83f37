import { MisuseError } from "./misuse-error.js";

/** Kinds of values, and how messages name them. */
const KINDS = {
  array: "an array",
  boolean: "a boolean",
  function: "a function",
  object: "an object",
  string: "a string",
} as const;

/** Throws a MisuseError that names an argument whose value is of another kind. */
export function checkArgument(name: string, value: unknown, kind: keyof typeof KINDS): void {
  if (kindOf(value) === kind) return;
  throw new MisuseError(
    "TW_INVALID_OPTION",
    `${name} must be ${KINDS[kind]} (got ${describe(value)})`,
  );
}

/** Does the same for an option, which may be undefined. */
export function checkOption(name: string, value: unknown, kind: keyof typeof KINDS): void {
  if (value !== undefined) checkArgument(name, value, kind);
}

/** Throws a MisuseError that names the first of these methods that an object does not have. */
export function checkMethods(name: string, value: unknown, methods: readonly string[]): void {
  checkArgument(name, value, "object");
  const missing = methods.find(
    (method) => typeof (value as Record<string, unknown>)[method] !== "function",
  );
  if (missing === undefined) return;
  throw new MisuseError(
    "TW_INVALID_OPTION",
    `${name} must be an object with the methods ${methods.join(", ")}; it has no ${missing}`,
  );
}

/** A value as messages show it: a string in quotes, an object by its kind. */
export function describe(value: unknown): string {
  const kind = kindOf(value);
  if (kind === "string") return JSON.stringify(value);
  return kind === "array" || kind === "object" || kind === "function" ? KINDS[kind] : String(value);
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
