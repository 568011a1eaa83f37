import type { StatusCode } from "@tightwire/core";

const HTTP_STATUS: Readonly<Record<StatusCode, number>> = {
  ok: 200,
  cancelled: 499,
  unknown: 500,
  invalid_argument: 400,
  deadline_exceeded: 504,
  not_found: 404,
  already_exists: 409,
  permission_denied: 403,
  resource_exhausted: 429,
  failed_precondition: 400,
  aborted: 409,
  out_of_range: 400,
  unimplemented: 501,
  internal: 500,
  unavailable: 503,
  data_loss: 500,
  unauthenticated: 401,
};

/** The HTTP status of a gRPC status. Source: google/rpc/code.proto, "HTTP Mapping". */
export function httpStatusOf(code: StatusCode): number {
  return HTTP_STATUS[code];
}

/** `NOT_FOUND`, as protobuf spells it; `CANCELLED` too. */
export function statusText(code: StatusCode): string {
  return code.toUpperCase();
}
