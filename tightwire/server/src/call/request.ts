import { type MethodDefinition, RpcError } from "@tightwire/core";
import { type Clock, validate, violationError } from "@tightwire/core/runtime";
import type { Check } from "@tightwire/core/validation";
import type { ServedMethod } from "../method.js";

/**
 * Decodes a request. When there are more bytes than its contract allows, `fail` gets a
 * RESOURCE_EXHAUSTED error, when they cannot be decoded or break a rule of the contract an
 * INVALID_ARGUMENT error, and the result is undefined.
 */
export function decodeRequest(
  { definition: method, maxRequestBytes, clock }: ServedMethod,
  bytes: Uint8Array,
  fail: (error: RpcError) => void,
): unknown {
  if (bytes.byteLength > maxRequestBytes) {
    fail(requestTooLarge(method, bytes.byteLength, maxRequestBytes));
    return undefined;
  }
  let request: unknown;
  try {
    request = method.request.decode(bytes);
  } catch (cause) {
    const reason = RpcError.from(cause).message;
    fail(
      new RpcError("invalid_argument", `cannot decode the request of ${method.path}: ${reason}`, {
        cause,
      }),
    );
    return undefined;
  }
  if (method.checkRequest === undefined) return request;
  const broken = findBroken(method, method.checkRequest, request, clock);
  if (broken === undefined) return request;
  fail(broken);
  return undefined;
}

/**
 * The error of a request that breaks a rule. One that cannot be checked is refused, too: a pattern
 * overflows the stack on a text of several megabytes.
 */
function findBroken(
  { path }: MethodDefinition,
  check: Check<unknown>,
  request: unknown,
  clock: Clock,
): RpcError | undefined {
  try {
    const broken = validate(check, request, clock);
    return broken && violationError(`the request of ${path}`, broken);
  } catch (cause) {
    const reason = RpcError.from(cause).message;
    return new RpcError("invalid_argument", `the request of ${path} cannot be checked: ${reason}`, {
      cause,
    });
  }
}

function requestTooLarge(method: MethodDefinition, bytes: number, most: number): RpcError {
  return new RpcError(
    "resource_exhausted",
    `a request of ${method.path} has ${bytes} bytes; its limit is ${most} (limits.max_request_bytes)`,
  );
}

/** The error of a method with one request whose caller sent another number of requests. */
export function wrongRequestCount(method: MethodDefinition, sent: "none" | "more"): RpcError {
  return new RpcError("unimplemented", `${method.path} takes one message; the caller sent ${sent}`);
}
