import {
  type DescField,
  type DescMessage,
  type JsonObject,
  type Message,
  ScalarType,
} from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence as Presence } from "@bufbuild/protobuf/wkt";
import { BinaryWriter, WireType } from "@tightwire/codec/wire";
import type { Route, RouteVariable } from "@tightwire/contract";
import { isOfType } from "../http/content-type.js";
import { HttpError } from "../http/http-error.js";
import { decodePart } from "../http/percent.js";
import { parseQuery } from "../http/query.js";
import type { Match } from "../http/router.js";
import { decodeUtf8 } from "../http/utf8.js";
import { type JsonSettings, messageReader } from "../json/message-json.js";
import { createParameters, createTarget, setParameter } from "../json/parameter.js";

/** The body of a request. */
export interface RequestBody {
  readonly contentType: string;
  readonly bytes: Buffer;
}

/** Reads the messages of a route's requests, as bytes, from path, query and body. */
export interface RequestReader {
  /**
   * Reads the one request of a call. Throws a 400 that names the field, a 415 for a body of another
   * content type than JSON.
   */
  read(match: Match<unknown>, query: string, body: RequestBody | undefined): Uint8Array;
  /**
   * Reads the requests of a stream from JSON. The fields of path and query are in each of them.
   * Throws as {@link read} does.
   */
  readOneOf(match: Match<unknown>, query: string): (text: string) => Uint8Array;
}

/** The message whose content is the body, of any type. */
export const HTTP_BODY = "google.api.HttpBody";

/** Makes the reader of a route's requests. */
export function createRequestReader(route: Route, settings: JsonSettings): RequestReader {
  const { method, body } = route;
  const json = messageReader(method.input, settings);
  const parameters = createParameters(method.input, boundFields(route));
  const rest = route.template.segments.findIndex(({ kind }) => kind === "rest");
  const texts = textsOf(route);

  /** Reads the fields of path and query. */
  function readUrl({ segments, extra }: Match<unknown>, query: string): JsonObject {
    const object = createTarget();
    if (query !== "" && body === "all") {
      const [name] = parseQuery(query)[0] ?? [];
      if (name !== undefined)
        throw new HttpError(
          "invalid_argument",
          `this request takes no query; send ${JSON.stringify(name.slice(0, 100))} in the body`,
        );
    }
    if (query !== "" && body !== "all")
      for (const [name, value] of parseQuery(query)) parameters.set(object, name, value);
    for (const variable of route.variables)
      setParameter(
        object,
        variable.path,
        nameOf(variable),
        capture(variable, segments, rest, extra),
      );
    return object;
  }

  function parseAll(text: string, url: JsonObject): Message {
    const message = json.parse(text === "" ? "{}" : text);
    if (route.variables.length > 0) json.merge(message, url);
    return message;
  }

  function readMessage(
    match: Match<unknown>,
    query: string,
    given: RequestBody | undefined,
  ): Message {
    const url = readUrl(match, query);
    if (body === "none") return json.read(url);
    if (isHttpBody(body === "all" ? method.input : body.message))
      return json.read({ ...url, ...rawBody(body, given) });
    const text = jsonText(given);
    if (body === "all") return parseAll(text, url);
    if (text === "") return json.read(url);
    // In the field that is the body, values of the path win over those of the body.
    const message = json.parseField(text, body);
    json.merge(message, url);
    return message;
  }

  return {
    read(match, query, given) {
      if (body === "none" && given !== undefined && given.bytes.byteLength > 0) {
        throw new HttpError("invalid_argument", "this request takes no body");
      }
      if (texts === undefined || query !== "") return json.encode(readMessage(match, query, given));
      const writer = new BinaryWriter();
      for (const { variable, field } of texts)
        writeText(writer, field, capture(variable, match.segments, rest, match.extra));
      return writer.finishShared();
    },
    readOneOf(match, query) {
      const url = readUrl(match, query);
      return (text) => {
        const message = json.parse(text);
        json.merge(message, url);
        return json.encode(message);
      };
    },
  };
}

/**
 * The variables of a route whose requests consist of strings from the path, as long as there is no
 * query. Such a request is written without making a message. Undefined for all other routes.
 */
function textsOf({
  body,
  variables,
}: Route): { variable: RouteVariable; field: DescField }[] | undefined {
  const texts = variables.flatMap((variable) => {
    const [field, ...more] = variable.path;
    return field?.fieldKind === "scalar" &&
      field.scalar === ScalarType.STRING &&
      field.oneof === undefined &&
      more.length === 0
      ? [{ variable, field }]
      : [];
  });
  return body === "none" && texts.length === variables.length ? texts : undefined;
}

function writeText(writer: BinaryWriter, { number, presence }: DescField, text: string): void {
  if (text !== "" || presence !== Presence.IMPLICIT)
    writer.tag(number, WireType.LengthDelimited).string(text);
}

/** The fields that path or body hold, by their path; so the query must not hold them. */
function boundFields({ variables, body }: Route): Map<string, string> {
  const bound = new Map(variables.map((variable) => [nameOf(variable), "path"]));
  if (typeof body === "object") bound.set(body.name, "body");
  return bound;
}

function nameOf({ path }: RouteVariable): string {
  return path.map(({ name }) => name).join(".");
}

/**
 * The part of a path that a variable captures. What follows the `**` of the template is `extra`
 * segments further on in the path. If a variable captures several segments, an encoded slash stays
 * encoded, since it does not separate segments. Source: google/api/http.proto.
 */
function capture(
  { start, end, multiple }: RouteVariable,
  segments: readonly string[],
  rest: number,
  extra: number,
): string {
  const from = rest !== -1 && start > rest ? start + extra : start;
  if (!multiple) return decodePart(segments[from] as string, "the path");
  return segments
    .slice(from, rest !== -1 && end > rest ? end + extra : end)
    .map((segment) =>
      segment
        .split(/(%2[fF])/)
        .map((part, index) => (index % 2 === 1 ? part : decodePart(part, "the path")))
        .join(""),
    )
    .join("/");
}

function jsonText(body: RequestBody | undefined): string {
  if (body === undefined || body.bytes.byteLength === 0) return "";
  if (!isOfType(body.contentType, "application/json")) {
    const text = `the content-type must be application/json (got ${JSON.stringify(body.contentType.slice(0, 100))})`;
    throw new HttpError("invalid_argument", text, { httpStatus: 415 });
  }
  return decodeUtf8(body.bytes, "the body");
}

function isHttpBody(message: DescMessage | undefined): boolean {
  return message?.typeName === HTTP_BODY;
}

function rawBody(body: Route["body"], given: RequestBody | undefined): JsonObject {
  const value = {
    contentType: given?.contentType ?? "",
    data: given?.bytes.toString("base64") ?? "",
  };
  return typeof body === "object" ? { [body.jsonName]: value } : value;
}
