import {
  type DescMessage,
  fromJson,
  type JsonReadOptions,
  type JsonValue,
} from "@bufbuild/protobuf";
import { badField, HttpError } from "../http/http-error.js";
import { findInParts } from "./parts.js";

/** What is wrong, and where. */
interface Fault {
  /** As `google.rpc.BadRequest` has paths: `book.tags[2].name`. */
  readonly path: string;
  readonly reason: string;
}

const MOST_TEXT = 300;
/** A large body is not read over and over to find what is wrong with it. */
const MOST_TRIES = 10_000;

/**
 * What the reader of JSON found wrong with a value, as a 400 that names the field; of a text that
 * is no JSON there is no value.
 */
export function describeFault(
  error: unknown,
  schema: DescMessage,
  value: JsonValue | undefined,
  options: Partial<JsonReadOptions>,
): HttpError {
  const fault =
    (value === undefined ? undefined : findFault(schema, value, options)) ?? faultOf(error);
  if (fault.path === "") return new HttpError("invalid_argument", fault.reason.slice(0, MOST_TEXT));
  return badField(fault.path.slice(0, MOST_TEXT), fault.reason.slice(0, MOST_TEXT));
}

/**
 * Reads the parts of a value one by one, as the reader tells of no place; undefined when each of
 * them can be.
 */
function findFault(
  schema: DescMessage,
  value: JsonValue,
  options: Partial<JsonReadOptions>,
): Fault | undefined {
  let tries = 0;
  return findInParts<Fault>(schema, value, ({ message, json, path }) => {
    if (++tries > MOST_TRIES) return undefined;
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

/** What an error of the reader says, and the name of the field when it is one. */
function faultOf(error: unknown): Fault {
  const text = error instanceof Error ? error.message : String(error);
  const [, kind, name = "", reason = ""] = DECODE.exec(text) ?? [];
  if (kind === "field" || kind === "oneof")
    return { path: name.slice(name.lastIndexOf(".") + 1), reason };
  if (kind === "enum") return { path: "", reason: `no value of ${name}: ${reason}` };
  if (kind === "message")
    return {
      path: "",
      reason: UNKNOWN.test(reason) ? `${name} has no such field` : `no ${name}: ${reason}`,
    };
  return { path: "", reason: error instanceof RangeError ? "has too many digits" : text };
}
