import { type Interceptor, type InterceptorNext, RpcError } from "@tightwire/core";
import {
  composeInterceptors,
  localCompletion,
  responseOf,
  statusNumber,
} from "@tightwire/core/runtime";
import type { ClientCall } from "./client-call.js";
import { eachAttempt } from "./each-attempt.js";
import { completionOf } from "./run-failure.js";
import { send } from "./send.js";

/**
 * A channel's interceptors around {@link send}, and inside them those of each attempt. Undefined
 * when there are none.
 */
export function composeCalls(
  interceptors: readonly Interceptor[],
  attemptInterceptors: readonly Interceptor[],
): InterceptorNext | undefined {
  if (attemptInterceptors.length > 0)
    return composeInterceptors(
      interceptors,
      eachAttempt(
        composeInterceptors(attemptInterceptors, send, "createChannel: attemptInterceptors"),
      ),
      "createChannel: interceptors",
    );
  return interceptors.length === 0
    ? undefined
    : composeInterceptors(interceptors, send, "createChannel: interceptors");
}

/**
 * Makes a call with one response through interceptors, once it has started. It finishes with what
 * they return or throw, unless its deadline passes or it is cancelled before.
 */
export async function intercept(chain: InterceptorNext, call: ClientCall): Promise<void> {
  try {
    call.interception.respond(call, responseOf(await chain(call)));
  } catch (thrown) {
    failIntercepted(call, thrown);
  }
}

/** Finishes a call with what its interceptors threw. Returns the error that its caller gets. */
export function failIntercepted(call: ClientCall, thrown: unknown): RpcError {
  const error = errorOf(thrown, call.path);
  const status = { code: statusNumber(error.code), message: error.message };
  call.interception.fail(
    call,
    error,
    completionOf(error) ?? localCompletion(status, "not-processed"),
  );
  return error;
}

/**
 * The error of the outgoing call, which names the call, so that a handler which does not catch it
 * does not respond with it: an RpcError itself, anything else as the cause.
 */
function errorOf(thrown: unknown, path: string): RpcError {
  if (thrown instanceof RpcError) {
    const error = thrown as RpcError;
    if (error.call === undefined) Reflect.defineProperty(error, "call", { value: path });
    return error;
  }
  const { code, message } = RpcError.from(thrown);
  return new RpcError(code, message, { cause: thrown, call: path });
}
