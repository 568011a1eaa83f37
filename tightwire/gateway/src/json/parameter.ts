import {
  type DescField,
  type DescMessage,
  type JsonObject,
  type JsonValue,
  ScalarType,
} from "@bufbuild/protobuf";
import { findField, hasOwnJson } from "@tightwire/routes";
import { badField } from "../http/http-error.js";

/**
 * Messages whose JSON is of a form of its own that is no single value: no parameter can hold them.
 */
const MANY_VALUES: ReadonlySet<string> = new Set(
  ["Any", "Struct", "Value", "ListValue"].map((name) => `google.protobuf.${name}`),
);

const MOST_KNOWN = 1_000;

/**
 * Turns parameters of paths and queries into JSON, which the reader of ProtoJSON then takes:
 * numbers are texts to it, too.
 */
export interface Parameters {
  /**
   * Sets a parameter in `target`, which has no prototype; a repeated field takes several. Throws a
   * 400 that names it when no field takes it.
   */
  set(target: JsonObject, name: string, value: string): void;
}

/**
 * The fields of a message as parameters of a query; `bound` names those that come from elsewhere,
 * with where that is.
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
    // A message that holds itself has names without end.
    if (known.size < MOST_KNOWN) known.set(name, path);
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
  if (typeof path === "string") throw badField(shown(name), `no such parameter: ${path}`);
  const spelled = path.map((field) => field.name);
  for (let length = 1; length <= spelled.length; length++) {
    const where = bound.get(spelled.slice(0, length).join("."));
    if (where !== undefined)
      throw badField(shown(name), `stands in the ${where} of this request, not in its query`);
  }
  const leaf = path.at(-1) as DescField;
  if (!canBeParameter(leaf))
    throw badField(
      shown(name),
      "cannot stand in a query: it is a message, a map or a list of messages",
    );
  return path;
}

/** A name that came with a request, as far as it is repeated. */
function shown(name: string): string {
  return name.slice(0, 100);
}

/** Whether a field, alone or repeated, can be a parameter: its values are single ones in JSON. */
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
 * An object to put parameters into. It has no prototype, since a field may be named `constructor`.
 */
export function createTarget(): JsonObject {
  return Object.create(null) as JsonObject;
}

/** Puts a value at a path of fields, into what {@link createTarget} made. */
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
      throw badField(shown(name), `${field.name} stands there as a single value, too`);
    within[field.jsonName] = below;
    within = below as JsonObject;
  }
  const leaf = path.at(-1) as DescField;
  const json = toJsonValue(leaf, name, value);
  if (leaf.fieldKind === "list")
    within[leaf.jsonName] = [...((within[leaf.jsonName] as JsonValue[] | undefined) ?? []), json];
  else if (within[leaf.jsonName] !== undefined)
    throw badField(shown(name), "stands there twice, and takes one value");
  else within[leaf.jsonName] = json;
}

function toJsonValue(field: DescField, name: string, value: string): JsonValue {
  if (holds(field, ScalarType.BOOL, "google.protobuf.BoolValue")) {
    if (value === "true" || value === "false") return value === "true";
    throw badField(
      shown(name),
      `must be true or false, and is ${JSON.stringify(value.slice(0, 40))}`,
    );
  }
  // A plus sign of base64, which stands for a space in a query: bytes that nobody meant would come
  // of it.
  if (holds(field, ScalarType.BYTES, "google.protobuf.BytesValue") && /\s/.test(value))
    throw badField(shown(name), "is base64, in which + must be sent as %2B or -");
  // An enum's number, which JSON has as a number.
  if (field.enum !== undefined && /^-?\d{1,10}$/.test(value)) return Number(value);
  return value;
}

/** Whether a field's values are of a scalar type, or of the message that wraps it. */
function holds({ message, scalar }: DescField, type: ScalarType, wrapper: string): boolean {
  return message === undefined ? scalar === type : message.typeName === wrapper;
}
