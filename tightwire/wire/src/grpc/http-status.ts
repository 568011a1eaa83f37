import { StatusNumber } from "@tightwire/core/runtime";
import { ErrorCode } from "../frames/protocol.js";

/**
 * Source: the gRPC document "HTTP to gRPC Status Code Mapping". What is not here, 200 too, is
 * UNKNOWN.
 */
const BY_HTTP_STATUS: ReadonlyMap<string, number> = new Map<string, number>([
  ["400", StatusNumber.INTERNAL],
  ["401", StatusNumber.UNAUTHENTICATED],
  ["403", StatusNumber.PERMISSION_DENIED],
  ["404", StatusNumber.UNIMPLEMENTED],
  ["429", StatusNumber.UNAVAILABLE],
  ["502", StatusNumber.UNAVAILABLE],
  ["503", StatusNumber.UNAVAILABLE],
  ["504", StatusNumber.UNAVAILABLE],
]);

/** The status of a call whose response has an HTTP status and no gRPC status. */
export function statusOfHttp(httpStatus: string): number {
  return BY_HTTP_STATUS.get(httpStatus) ?? StatusNumber.UNKNOWN;
}

/**
 * The status of a call whose stream was reset. Source: the gRPC over HTTP/2 protocol document,
 * "Errors". What is not here is INTERNAL.
 */
const BY_ERROR_CODE: ReadonlyMap<number, number> = new Map<number, number>([
  [ErrorCode.REFUSED_STREAM, StatusNumber.UNAVAILABLE],
  [ErrorCode.CANCEL, StatusNumber.CANCELLED],
  [ErrorCode.ENHANCE_YOUR_CALM, StatusNumber.RESOURCE_EXHAUSTED],
  [ErrorCode.INADEQUATE_SECURITY, StatusNumber.PERMISSION_DENIED],
]);

/** The status of a call whose stream the peer reset with an HTTP/2 error code. */
export function statusOfReset(code: number): number {
  return BY_ERROR_CODE.get(code) ?? StatusNumber.INTERNAL;
}
