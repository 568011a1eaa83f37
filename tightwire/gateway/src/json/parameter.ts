import {
  type DescField,
  type DescMessage,
  type JsonObject,
  type JsonValue,
  ScalarType,
} from "@bufbuild/protobuf";
import { findField, hasOwnJson } from "@tightwire/contract";
import { badField } from "../http/http-error.js";

/**
 * Messages with a special JSON form that is not a single value: they cannot be parameters.
 */
const MANY_VALUES: ReadonlySet<string> = new Set(
  ["Any", "Struct", "Value", "ListValue"].map((name) => `google.protobuf.${name}`),
);

const MAX_KNOWN = 1_000;

/**
 * Turns parameters of paths and queries into JSON for the ProtoJSON reader, which also reads
 * numbers that are strings.
 */
export interface Parameters {
  /**
   * Sets a parameter in `target`, which has no prototype. A repeated field accepts several. Throws
   * a 400 that names the parameter when there is no such field, or the value is invalid.
   */
  set(target: JsonObject, name: string, value: string): void;
}

/**
 * Makes the query parameters of a message. `bound` has the fields that path or body hold, and which
 * of the two.
 */
export function createParameters(
  message: DescMessage,
  bound: ReadonlyMap<string, string>,
): Parameters {
  const known = new Map<string, readonly DescField[]>();

  function resolve(name: string): readonly DescField[] {
    const before = known.get(name);
    if (before !== undefined) return before;
    const path = resolveParameter(message, name, bound);
    // A message that contains itself has infinitely many names.
    if (known.size < MAX_KNOWN) known.set(name, path);
    return path;
  }

  return {
    set(target, name, value) {
      const path = resolve(name);
      setParameter(target, path, name, value);
    },
  };
}

function resolveParameter(
  message: DescMessage,
  name: string,
  bound: ReadonlyMap<string, string>,
): readonly DescField[] {
  const path = findField(message, name);
  if (typeof path === "string") throw badField(shown(name), `unknown parameter: ${path}`);
  const spelled = path.map((field) => field.name);
  for (let length = 1; length <= spelled.length; length++) {
    const where = bound.get(spelled.slice(0, length).join("."));
    if (where !== undefined)
      throw badField(shown(name), `must be in the ${where} of this request, not in the query`);
  }
  const leaf = path.at(-1) as DescField;
  if (!canBeParameter(leaf))
    throw badField(
      shown(name),
      "cannot be a query parameter: it is a message, a map or a list of messages",
    );
  return path;
}

/** Cuts a name of a request for error messages. */
function shown(name: string): string {
  return name.slice(0, 100);
}

/** Whether a field can be a parameter: each of its values is a single value in JSON. */
export function canBeParameter(field: DescField): boolean {
  if (field.fieldKind === "scalar" || field.fieldKind === "enum") return true;
  if (field.fieldKind === "list" && field.listKind !== "message") return true;
  return (
    field.fieldKind !== "map" &&
    field.message !== undefined &&
    hasOwnJson(field.message) &&
    !MANY_VALUES.has(field.message.typeName)
  );
}

/**
 * Makes an object for parameters. It has no prototype, since a field may be named `constructor`.
 */
export function createTarget(): JsonObject {
  return Object.create(null) as JsonObject;
}

/** Sets a value at a path of fields in what {@link createTarget} made. */
export function setParameter(
  target: JsonObject,
  path: readonly DescField[],
  name: string,
  value: string,
): void {
  let within = target;
  for (const field of path.slice(0, -1)) {
    const below = within[field.jsonName] ?? createTarget();
    if (typeof below !== "object")
      throw badField(shown(name), `${field.name} is also set as a single value`);
    within[field.jsonName] = below;
    within = below as JsonObject;
  }
  const leaf = path.at(-1) as DescField;
  const json = toJsonValue(leaf, name, value);
  if (leaf.fieldKind === "list")
    within[leaf.jsonName] = [...((within[leaf.jsonName] as JsonValue[] | undefined) ?? []), json];
  else if (within[leaf.jsonName] !== undefined)
    throw badField(shown(name), "must not be repeated; it takes one value");
  else within[leaf.jsonName] = json;
}

function toJsonValue(field: DescField, name: string, value: string): JsonValue {
  if (holds(field, ScalarType.BOOL, "google.protobuf.BoolValue")) {
    if (value === "true" || value === "false") return value === "true";
    throw badField(
      shown(name),
      `must be true or false (got ${JSON.stringify(value.slice(0, 40))})`,
    );
  }
  // A plus sign of base64 means a space in a query: decoding would give wrong bytes.
  if (holds(field, ScalarType.BYTES, "google.protobuf.BytesValue") && /\s/.test(value))
    throw badField(shown(name), "must be base64 without spaces; send + as %2B or -");
  // The number of an enum value, which is a number in JSON.
  if (field.enum !== undefined && /^-?\d{1,10}$/.test(value)) return Number(value);
  return value;
}

/** Whether a field has this scalar type, or is the message that wraps it. */
function holds({ message, scalar }: DescField, type: ScalarType, wrapper: string): boolean {
  return message === undefined ? scalar === type : message.typeName === wrapper;
}
