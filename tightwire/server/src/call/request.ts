import { type MethodDefinition, RpcError } from "@tightwire/core";

/**
 * Decodes a request. When the bytes cannot be decoded,
 * `fail` gets an INVALID_ARGUMENT error and the result is undefined.
 */
export function decodeRequest(
  method: MethodDefinition,
  bytes: Uint8Array,
  fail: (error: RpcError) => void,
): unknown {
  try {
    return method.request.decode(bytes);
  } catch (cause) {
    const reason = RpcError.from(cause).message;
    fail(
      new RpcError("invalid_argument", `cannot decode the request of ${method.path}: ${reason}`, {
        cause,
      }),
    );
    return undefined;
  }
}

/** The error of a method with one request whose caller sent another number of requests. */
export function wrongRequestCount(method: MethodDefinition, sent: "none" | "more"): RpcError {
  return new RpcError("unimplemented", `${method.path} takes one message; the caller sent ${sent}`);
}
