import { type DescMessage, fromBinary } from "@bufbuild/protobuf";
import type { Route } from "@tightwire/contract";
import { type JsonSettings, messageWriter } from "../json/message-json.js";
import { HTTP_BODY } from "./request-reader.js";

/** The body of a response. */
export interface ResponseBody {
  readonly contentType: string;
  readonly content: string | Uint8Array;
}

/** Writes the bytes of a message as the body of a response. */
export type ResponseWriter = (bytes: Uint8Array) => ResponseBody;

const JSON_TYPE = "application/json";

/**
 * Makes the writer of a route's responses. It writes JSON, of the message or of the field that
 * `response_body` names. A `google.api.HttpBody` becomes its content.
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
