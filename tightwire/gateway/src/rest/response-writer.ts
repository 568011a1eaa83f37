import { type DescMessage, fromBinary } from "@bufbuild/protobuf";
import type { Route } from "@tightwire/routes";
import { type JsonSettings, messageWriter } from "../json/message-json.js";
import { HTTP_BODY } from "./request-reader.js";

/** An answer's body, ready to be sent. */
export interface ResponseBody {
  readonly contentType: string;
  readonly content: string | Uint8Array;
}

/** How the answers of a route are written: a message's bytes in, a body out. */
export type ResponseWriter = (bytes: Uint8Array) => ResponseBody;

const JSON_TYPE = "application/json";

/**
 * Works out how the answers of a route are written: as JSON, whole or the one field that
 * `response_body` names; `google.api.HttpBody` as what it holds.
 */
export function createResponseWriter(
  { method, responseBody }: Route,
  settings: JsonSettings,
): ResponseWriter {
  if (method.output.typeName === HTTP_BODY) return (bytes) => unpack(method.output, bytes);
  const json = messageWriter(method.output, settings);
  if (responseBody === undefined)
    return (bytes) => ({ contentType: JSON_TYPE, content: json.write(bytes) });
  return (bytes) => ({ contentType: JSON_TYPE, content: json.writeField(bytes, responseBody) });
}

function unpack(schema: DescMessage, bytes: Uint8Array): ResponseBody {
  const { contentType, data } = fromBinary(schema, bytes) as unknown as {
    contentType: string;
    data: Uint8Array;
  };
  return {
    contentType: contentType === "" ? "application/octet-stream" : contentType,
    content: new Uint8Array(data),
  };
}
