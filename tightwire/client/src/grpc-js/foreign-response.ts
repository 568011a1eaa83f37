import type { Metadata as GrpcMetadata, StatusObject } from "@grpc/grpc-js";
import { type Status, StatusNumber } from "@tightwire/core/runtime";

/** Any other HTTP status is UNKNOWN. Source: gRPC, "HTTP to gRPC Status Code Mapping". */
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
 * How grpc-js reports a response that it took for gRPC and could not read: the first bytes of the
 * body were read as a length, or no status came at its end.
 */
const UNREADABLE =
  /^(?:Received HTTP status code (\d{3})$|Received message larger than max|Received RST_STREAM with code 0\b)/;

/**
 * The status of a failed call whose response is not gRPC, such as a web page or the JSON of a
 * proxy. Undefined when the response was gRPC or none came. `head`: the response's headers, when a
 * body followed them.
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
  // Without headers and without an HTTP status there was no response.
  if (head === undefined && unreadable[1] === undefined) return undefined;
  const httpStatus = Number(unreadable[1] ?? 200);
  const what = typeof type === "string" ? `content-type ${mediaType(type)}` : "no content-type";
  return {
    code: BY_HTTP_STATUS.get(httpStatus) ?? StatusNumber.UNKNOWN,
    message: `the peer is not a gRPC server: HTTP status ${httpStatus}, ${what}`,
  };
}

/** `text/html; charset=utf-8` without its parameters, cut at 80 characters. */
function mediaType(contentType: string): string {
  return contentType.replace(/\s*;.*$/s, "").slice(0, 80);
}
