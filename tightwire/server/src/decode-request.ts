import { type MethodDefinition, RpcError } from "@tightwire/core";
import { noteCompressed } from "@tightwire/core/runtime";

/**
 * A request out of its bytes, and how they came; when they are none, `refuse` gets the
 * INVALID_ARGUMENT that says so and the result is undefined.
 */
export function decodeRequest(
  method: MethodDefinition,
  bytes: Uint8Array,
  compressed: boolean,
  refuse: (error: RpcError) => void,
): unknown {
  try {
    const request = method.request.decode(bytes);
    if (compressed) noteCompressed(request);
    return request;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    refuse(
      new RpcError("invalid_argument", `the request of ${method.path} cannot be decoded: ${why}`, {
        cause,
      }),
    );
    return undefined;
  }
}
