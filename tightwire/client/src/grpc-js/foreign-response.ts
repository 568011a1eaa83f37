import type { Metadata as GrpcMetadata, StatusObject } from "@grpc/grpc-js";
import { type Status, StatusNumber } from "@tightwire/core/runtime";

/**
 * Source: the gRPC document "HTTP to gRPC Status Code Mapping". What is not here, 200 too, is
 * UNKNOWN.
 */
const BY_HTTP_STATUS: ReadonlyMap<number, number> = new Map<number, number>([
  [400, StatusNumber.INTERNAL],
  [401, StatusNumber.UNAUTHENTICATED],
  [403, StatusNumber.PERMISSION_DENIED],
  [404, StatusNumber.UNIMPLEMENTED],
  [429, StatusNumber.UNAVAILABLE],
  [502, StatusNumber.UNAVAILABLE],
  [503, StatusNumber.UNAVAILABLE],
  [504, StatusNumber.UNAVAILABLE],
]);

/**
 * How grpc-js reports an answer that it took for gRPC and could not read: the body's first bytes as
 * a length, or no status at its end.
 */
const UNREADABLE =
  /^(?:Received HTTP status code (\d{3})$|Received message larger than max|Received RST_STREAM with code 0\b)/;

/**
 * How a call ends whose answer is not gRPC at all, a web page or a proxy's JSON; undefined when the
 * answer was gRPC or none came. `head` is what the answer began with, when it was more than a head.
 * Only for calls that failed.
 */
export function foreignResponse(
  status: StatusObject,
  head: GrpcMetadata | undefined,
): Status | undefined {
  const unreadable = UNREADABLE.exec(status.details);
  if (unreadable === null) return undefined;
  const fields = (head ?? status.metadata).getMap();
  const type = fields["content-type"];
  if (typeof type === "string" && type.startsWith("application/grpc")) return undefined;
  // Without a head and without an HTTP status nothing was answered.
  if (head === undefined && unreadable[1] === undefined) return undefined;
  const httpStatus = Number(unreadable[1] ?? 200);
  const what = typeof type === "string" ? `with ${mediaType(type)}` : "without a content type";
  return {
    code: BY_HTTP_STATUS.get(httpStatus) ?? StatusNumber.UNKNOWN,
    message: `the peer is not a gRPC server: it answered HTTP ${httpStatus} ${what}`,
  };
}

/** `text/html; charset=utf-8` without its parameters, and no longer than a media type is. */
function mediaType(contentType: string): string {
  return contentType.replace(/\s*;.*$/s, "").slice(0, 80);
}
