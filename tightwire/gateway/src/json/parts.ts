import type { DescField, DescMessage, JsonObject, JsonValue } from "@bufbuild/protobuf";
import { hasOwnJson } from "@tightwire/contract";

/** A part of a JSON value that contains no message with named fields. */
export interface JsonPart {
  /**
   * The message to read it as: one that is a single value in JSON, or one in which only this field
   * is set.
   */
  readonly message: DescMessage;
  readonly json: JsonValue;
  /** In the form of `google.rpc.BadRequest`: `book.tags[2].name`. */
  readonly path: string;
  /** The field and its value; undefined for a whole message, or when no field has that name. */
  readonly given: { readonly field: DescField; readonly value: JsonValue } | undefined;
}

/** The depth limit of the JSON reader. */
const MAX_DEPTH = 100;

/** Passes the parts of a message's JSON to `find`, in order, and returns its first result. */
export function findInParts<T>(
  schema: DescMessage,
  value: JsonValue,
  find: (part: JsonPart) => T | undefined,
): T | undefined {
  return inMessage(schema, value, "", 0);

  function inMessage(
    message: DescMessage,
    json: JsonValue,
    path: string,
    depth: number,
  ): T | undefined {
    if (depth > MAX_DEPTH) return undefined;
    if (hasOwnJson(message) || !isObject(json))
      return find({ message, json, path, given: undefined });
    const below = path === "" ? "" : `${path}.`;
    for (const [key, part] of Object.entries(json)) {
      const found = inField(message, key, part, below + key, depth);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  function inField(
    message: DescMessage,
    key: string,
    value: JsonValue,
    path: string,
    depth: number,
  ): T | undefined {
    const field = message.fields.find(({ name, jsonName }) => key === name || key === jsonName);
    const messages = field?.message === undefined ? undefined : messagesIn(field, value, path);
    if (messages === undefined) {
      return find({
        message,
        json: { [key]: value },
        path,
        given: field === undefined ? undefined : { field, value },
      });
    }
    for (const [at, part] of messages) {
      const found = inMessage(field?.message as DescMessage, part, at, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

/**
 * The messages in a field's value, with their paths. Undefined when the value has another form.
 */
function messagesIn(
  { fieldKind }: DescField,
  value: JsonValue,
  path: string,
): [path: string, json: JsonValue][] | undefined {
  if (value === null) return undefined;
  if (fieldKind === "message") return [[path, value]];
  if (fieldKind === "list")
    return Array.isArray(value)
      ? value.map((part, index) => [`${path}[${index}]`, part])
      : undefined;
  return isObject(value)
    ? Object.entries(value).map(([name, part]) => [`${path}.${name}`, part])
    : undefined;
}

function isObject(json: JsonValue): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}
