import {
  type DescMessage,
  fromJson,
  type JsonReadOptions,
  type JsonValue,
} from "@bufbuild/protobuf";
import { badField, HttpError } from "../http/http-error.js";
import { findInParts } from "./parts.js";

/** An error in a JSON value, and its place. */
interface Fault {
  /** In the form of `google.rpc.BadRequest`: `book.tags[2].name`. */
  readonly path: string;
  readonly reason: string;
}

const MAX_TEXT = 300;
/** Limits how often parts of a large body are read to find the fault. */
const MAX_TRIES = 10_000;

/**
 * Turns an error of the JSON reader into a 400 that names the field. `value` is undefined when the
 * text is not JSON.
 */
export function describeFault(
  error: unknown,
  schema: DescMessage,
  value: JsonValue | undefined,
  options: Partial<JsonReadOptions>,
): HttpError {
  const fault =
    (value === undefined ? undefined : findFault(schema, value, options)) ?? faultOf(error);
  if (fault.path === "") return new HttpError("invalid_argument", fault.reason.slice(0, MAX_TEXT));
  return badField(fault.path.slice(0, MAX_TEXT), fault.reason.slice(0, MAX_TEXT));
}

/**
 * Reads the parts of a value one by one, because the reader does not report a place. Undefined when
 * each part can be read.
 */
function findFault(
  schema: DescMessage,
  value: JsonValue,
  options: Partial<JsonReadOptions>,
): Fault | undefined {
  let tries = 0;
  return findInParts<Fault>(schema, value, ({ message, json, path }) => {
    if (++tries > MAX_TRIES) return undefined;
    try {
      fromJson(message, json, options);
      return undefined;
    } catch (error) {
      return { path, reason: faultOf(error).reason };
    }
  });
}

const DECODE = /^cannot decode (field|oneof|message|enum) (\S+) from JSON:? ([\s\S]*)$/;
const UNKNOWN = /^key "[\s\S]*" is unknown$/;

/** The reason of the reader's error, and the name of the field if it has one. */
function faultOf(error: unknown): Fault {
  const text = error instanceof Error ? error.message : String(error);
  const [, kind, name = "", reason = ""] = DECODE.exec(text) ?? [];
  if (kind === "field" || kind === "oneof")
    return { path: name.slice(name.lastIndexOf(".") + 1), reason };
  if (kind === "enum") return { path: "", reason: `not a value of ${name}: ${reason}` };
  if (kind === "message")
    return {
      path: "",
      reason: UNKNOWN.test(reason) ? `${name} has no such field` : `not a ${name}: ${reason}`,
    };
  return { path: "", reason: error instanceof RangeError ? "has too many digits" : text };
}
