import { RpcError } from "@tightwire/core";

/**
 * The error that a call ends with; throws when it ends well, or with anything but an
 * {@link RpcError}.
 */
export async function errorOf(call: Promise<unknown>): Promise<RpcError> {
  try {
    await call;
  } catch (thrown) {
    if (thrown instanceof RpcError) return thrown;
    throw new Error("the call failed with something that is no RpcError", { cause: thrown });
  }
  throw new Error("the call ended well, and was to fail");
}
