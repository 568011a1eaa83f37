import { type DescField, type DescMessage, fromJson, type JsonReadOptions, type JsonValue } from "@bufbuild/protobuf";
import { hasOwnJson } from "@tightwire/routes";
import { badField, Refusal } from "../http/refusal.js";

/** What is wrong, and where. */
interface Fault {
  /** As `google.rpc.BadRequest` has paths: `book.tags[2].name`. */
  readonly path: string;
  readonly reason: string;
}

const MOST_TEXT = 300;
/** So deep the reader of JSON goes. */
const MOST_DEPTH = 100;
/** A large body is not read over and over to find what is wrong with it. */
const MOST_TRIES = 10_000;

/** What the reader of JSON found wrong with a value, as a 400 that names the field. */
export function describeFault(error: unknown, schema: DescMessage, value: JsonValue, options: Partial<JsonReadOptions>): Refusal {
  const fault = findFault(schema, value, options) ?? faultOf(error);
  if (fault.path === "") return new Refusal("invalid_argument", fault.reason.slice(0, MOST_TEXT));
  return badField(fault.path.slice(0, MOST_TEXT), fault.reason.slice(0, MOST_TEXT));
}

/** Reads the parts of a value one by one, as the reader tells of no place; undefined when each of them can be. */
function findFault(schema: DescMessage, value: JsonValue, options: Partial<JsonReadOptions>): Fault | undefined {
  let tries = 0;
  return inMessage(schema, value, "", 0);

  function inMessage(message: DescMessage, json: JsonValue, path: string, depth: number): Fault | undefined {
    if (depth > MOST_DEPTH) return undefined;
    if (hasOwnJson(message) || !isObject(json)) return tryAlone(message, json, path);
    const below = path === "" ? "" : `${path}.`;
    for (const [key, part] of Object.entries(json)) {
      const field = message.fields.find(({ name, jsonName }) => key === name || key === jsonName);
      const found = field === undefined ? tryAlone(message, { [key]: part }, below + key) : inField(field, key, part, below + key, depth);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  function inField(field: DescField, key: string, json: JsonValue, path: string, depth: number): Fault | undefined {
    const { message } = field;
    if (message === undefined || json === null) return tryAlone(field.parent, { [key]: json }, path);
    const parts: [path: string, part: JsonValue][] | undefined =
      field.fieldKind === "message"
        ? [[path, json]]
        : field.fieldKind === "list" && Array.isArray(json)
          ? json.map((part, index) => [`${path}[${index}]`, part])
          : field.fieldKind === "map" && isObject(json)
            ? Object.entries(json).map(([name, part]) => [`${path}.${name}`, part])
            : undefined;
    if (parts === undefined) return tryAlone(field.parent, { [key]: json }, path);
    for (const [at, part] of parts) {
      const found = inMessage(message, part, at, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  function tryAlone(message: DescMessage, json: JsonValue, path: string): Fault | undefined {
    if (++tries > MOST_TRIES) return undefined;
    try {
      fromJson(message, json, options);
      return undefined;
    } catch (error) {
      const { reason } = faultOf(error);
      return { path, reason };
    }
  }
}

function isObject(json: JsonValue): json is { [key: string]: JsonValue } {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

const DECODE = /^cannot decode (field|oneof|message|enum) (\S+) from JSON:? ([\s\S]*)$/;
const UNKNOWN = /^key "[\s\S]*" is unknown$/;

/** What an error of the reader says, and the name of the field when it is one. */
function faultOf(error: unknown): Fault {
  const text = error instanceof Error ? error.message : String(error);
  const [, kind, name = "", reason = ""] = DECODE.exec(text) ?? [];
  if (kind === "field" || kind === "oneof") return { path: name.slice(name.lastIndexOf(".") + 1), reason };
  if (kind === "enum") return { path: "", reason: `no value of ${name}: ${reason}` };
  if (kind === "message") return { path: "", reason: UNKNOWN.test(reason) ? `${name} has no such field` : `no ${name}: ${reason}` };
  return { path: "", reason: error instanceof RangeError ? "has too many digits" : text };
}
