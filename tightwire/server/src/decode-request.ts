import { type MethodDefinition, RpcError } from "@tightwire/core";

/** A request out of its bytes; when they are none, `refuse` gets the INVALID_ARGUMENT that says so and the result is undefined. */
export function decodeRequest(method: MethodDefinition, bytes: Uint8Array, refuse: (error: RpcError) => void): unknown {
  try {
    return method.request.decode(bytes);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    refuse(new RpcError("invalid_argument", `the request of ${method.path} cannot be decoded: ${why}`, { cause }));
    return undefined;
  }
}
