import { Status } from "@tightwire/core/runtime";
import { ErrorCode } from "../frames/protocol.js";

/**
 * Source: the gRPC document "HTTP to gRPC Status Code Mapping". What is not here, 200 too, is
 * UNKNOWN.
 */
const BY_HTTP_STATUS: ReadonlyMap<string, number> = new Map<string, number>([
  ["400", Status.INTERNAL],
  ["401", Status.UNAUTHENTICATED],
  ["403", Status.PERMISSION_DENIED],
  ["404", Status.UNIMPLEMENTED],
  ["429", Status.UNAVAILABLE],
  ["502", Status.UNAVAILABLE],
  ["503", Status.UNAVAILABLE],
  ["504", Status.UNAVAILABLE],
]);

/** The status of a call whose answer has an HTTP status and no status of gRPC. */
export function statusOfHttp(httpStatus: string): number {
  return BY_HTTP_STATUS.get(httpStatus) ?? Status.UNKNOWN;
}

/**
 * The status of a call whose stream was reset. Source: the gRPC over HTTP/2 protocol document,
 * "Errors". What is not here is INTERNAL.
 */
const BY_ERROR_CODE: ReadonlyMap<number, number> = new Map<number, number>([
  [ErrorCode.REFUSED_STREAM, Status.UNAVAILABLE],
  [ErrorCode.CANCEL, Status.CANCELLED],
  [ErrorCode.ENHANCE_YOUR_CALM, Status.RESOURCE_EXHAUSTED],
  [ErrorCode.INADEQUATE_SECURITY, Status.PERMISSION_DENIED],
]);

/** The status of a call whose stream the peer reset with an HTTP/2 error code. */
export function statusOfReset(code: number): number {
  return BY_ERROR_CODE.get(code) ?? Status.INTERNAL;
}
