import { type CallOptions, type MethodDefinition, RpcError } from "@tightwire/core";
import { type Completion, catchRejection, StatusNumber } from "@tightwire/core/runtime";

/**
 * Encodes a request, which may be given in part. Throws an INTERNAL RpcError that names the method
 * when it cannot be encoded.
 */
export function encodeRequest(method: MethodDefinition, request: unknown): Uint8Array {
  try {
    return method.request.encode(method.request.create(request as never));
  } catch (cause) {
    throw new RpcError(
      "internal",
      `the request of ${method.path} cannot be encoded: ${messageOf(cause)}`,
      { cause, call: method.path },
    );
  }
}

/**
 * Whether a request is sent compressed. Throws an INTERNAL RpcError when the caller's own function
 * throws, or returns something other than a boolean.
 */
export function isCompressed(
  { compress = false }: CallOptions,
  path: string,
  request: unknown,
): boolean {
  if (typeof compress === "boolean") return compress;
  let compressed: unknown;
  try {
    compressed = compress(request as never);
  } catch (cause) {
    throw new RpcError("internal", `the compress option of a call to ${path} threw`, {
      cause,
      call: path,
    });
  }
  if (typeof compressed === "boolean") return compressed;
  catchRejection(compressed, () => {});
  throw new RpcError(
    "internal",
    `the compress option of a call to ${path} must return a boolean (got ${typeof compressed})`,
    { call: path },
  );
}

/** How a call finishes whose response cannot be decoded. */
export function undecodable(
  method: MethodDefinition,
  { headers, trailers }: Pick<Completion, "headers" | "trailers">,
  error: unknown,
): Completion {
  return {
    code: StatusNumber.INTERNAL,
    message: `the response of ${method.path} cannot be decoded: ${messageOf(error)}`,
    headers,
    trailers,
    outcome: "responded",
    origin: "local",
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
