import type { Metadata, RpcError } from "@tightwire/core";
import { encodeStatusDetails, statusNumber } from "@tightwire/core/runtime";
import { envelope } from "../http/envelope.js";
import { exposedHeaders } from "../http/exchange.js";

/** The flag of a frame that holds trailers. */
const TRAILERS = 0x80;

/** The trailers of a call as a frame of the body, because browsers do not expose HTTP trailers. */
export function trailersFrame(
  status: Readonly<Record<string, string>>,
  metadata: Metadata | undefined,
  names: readonly string[],
): Buffer {
  const all = { ...(metadata === undefined ? {} : exposedHeaders(metadata, names)), ...status };
  const lines = Object.entries(all).map(([key, value]) => `${key}: ${value}\r\n`);
  return envelope(TRAILERS, Buffer.from(lines.join("")));
}

/** The trailers of a call that failed. */
export function failureTrailers(error: RpcError): Record<string, string> {
  const number = statusNumber(error.code);
  const details =
    error.details.length === 0
      ? undefined
      : encodeStatusDetails(number, error.message, error.details);
  return {
    "grpc-status": String(number),
    "grpc-message": encodeMessage(error.message),
    ...(details === undefined
      ? {}
      : { "grpc-status-details-bin": Buffer.from(details).toString("base64") }),
  };
}

/**
 * Percent-encodes all but printable ASCII, and "%". Source: the gRPC over HTTP/2 protocol document,
 * "Status-Message".
 */
function encodeMessage(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString()).replace(
    /%(?:2[0-4]|2[6-9A-F]|3[A-F]|40|5[B-F]|60|7[B-E])/g,
    (code) => decodeURIComponent(code),
  );
}
