import assert from "node:assert/strict";
import { RpcError, type StatusCode } from "@tightwire/core";

/**
 * Throws an AssertionError unless a call, or what is read of its responses, fails with this status;
 * gives the error.
 */
export async function assertFails(
  call: Promise<unknown> | AsyncIterable<unknown>,
  code: StatusCode,
): Promise<RpcError> {
  const error = await errorOf(call);
  assert.ok(error instanceof RpcError, `the call did not fail; it was to end as ${code}`);
  assert.equal(
    error.code,
    code,
    `the call finished as ${error.code} (${error.message}) instead of ${code}`,
  );
  return error;
}

async function errorOf(call: Promise<unknown> | AsyncIterable<unknown>): Promise<unknown> {
  try {
    if (call instanceof Promise) await call;
    else for await (const _response of call);
    return undefined;
  } catch (error) {
    return error;
  }
}
