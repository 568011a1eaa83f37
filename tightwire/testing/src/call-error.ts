import { RpcError } from "@tightwire/core";

/**
 * The error of a call that is expected to fail. Rejects when the call succeeds, or fails with
 * anything but an {@link RpcError}.
 *
 * ```ts
 * const error = await errorOf(client.getProduct({ id: "p-9" }));
 * expect(error.code).toBe("not_found");
 * ```
 */
export async function errorOf(call: Promise<unknown>): Promise<RpcError> {
  try {
    await call;
  } catch (thrown) {
    if (thrown instanceof RpcError) return thrown;
    throw new Error("the call failed with an error that is not an RpcError", { cause: thrown });
  }
  throw new Error("the call succeeded, but was expected to fail");
}
