import { type DescMessage, type JsonValue, type Registry, ScalarType } from "@bufbuild/protobuf";
import { badField } from "../http/http-error.js";
import { findInParts, type JsonPart } from "./parts.js";

const LONG = /\d{16}/;
/**
 * Strings, so that numbers in them are skipped, and integers that a double may not represent.
 */
const STRING_OR_LONG = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g;
const INT64: readonly (ScalarType | undefined)[] = [
  ScalarType.INT64,
  ScalarType.UINT64,
  ScalarType.SINT64,
  ScalarType.FIXED64,
  ScalarType.SFIXED64,
];
const ANY = "google.protobuf.Any";

/**
 * Refuses a 64-bit integer that is a number in a JSON text and does not fit into the 53 bits of
 * JavaScript's numbers: `9007199254740993` would be read as another number. Throws a 400 that names
 * the field.
 */
export function refuseInexact(schema: DescMessage, text: string, registry: Registry): void {
  if (!LONG.test(text)) return;
  const changed = changedNumbers(text);
  if (changed.size === 0) return;
  const path = findChanged(schema, JSON.parse(text) as JsonValue, changed, registry);
  if (path !== undefined)
    throw badField(
      path.slice(0, 300),
      "is too large to be read exactly as a JSON number; send it as a string",
    );
}

/** The values, as read, of numbers that were not read exactly. */
function changedNumbers(text: string): ReadonlySet<JsonValue> {
  const numbers = (text.match(STRING_OR_LONG) ?? []).filter((token) => !token.startsWith('"'));
  return new Set(numbers.filter((token) => BigInt(token) !== BigInt(Number(token))).map(Number));
}

function findChanged(
  schema: DescMessage,
  json: JsonValue,
  changed: ReadonlySet<JsonValue>,
  registry: Registry,
): string | undefined {
  return findInParts(schema, json, (part) => {
    if (part.message.typeName === ANY && part.given === undefined)
      return findInAny(part, changed, registry);
    const field = part.given?.field ?? part.message.fields[0];
    const value = part.given?.value ?? part.json;
    if (!INT64.includes(field?.scalar)) return undefined;
    const values = typeof value === "object" && value !== null ? Object.values(value) : [value];
    return values.some((one) => changed.has(one)) ? part.path : undefined;
  });
}

function findInAny(
  { json, path }: JsonPart,
  changed: ReadonlySet<JsonValue>,
  registry: Registry,
): string | undefined {
  const { "@type": type, ...fields } = json as { readonly [key: string]: JsonValue };
  const message = registry.getMessage(String(type).replace(/^.*\//, ""));
  if (message === undefined) return undefined;
  const inside = findChanged(
    message,
    message.typeName.startsWith("google.protobuf.") ? (fields["value"] ?? fields) : fields,
    changed,
    registry,
  );
  return inside === undefined ? undefined : [path, inside].filter((part) => part !== "").join(".");
}
