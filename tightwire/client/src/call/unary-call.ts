import type { InterceptorNext } from "@tightwire/core";
import { StatusNumber } from "@tightwire/core/runtime";
import type { ClientCall } from "./client-call.js";
import { encodeRequest, isCompressed } from "./message-encoding.js";
import { UnaryAttempt } from "./unary-attempt.js";

/**
 * Starts a run of a unary call: one message out, one in. `finished` is called once, maybe before
 * this returns: when the call has finished, or when an attempt has and attempt interceptors are to
 * start the next one.
 */
export function runUnary(call: ClientCall, finished: (call: ClientCall) => void): void {
  const bytes = call.completion === undefined ? encode(call) : undefined;
  if (bytes === undefined) finished(call);
  else call.run(new UnaryAttempt(call, bytes, finished));
}

/** The innermost `next` of a unary call. */
export const sendUnary: InterceptorNext = async (intercepted) => {
  const call = intercepted as ClientCall;
  await new Promise<ClientCall>((resolve) => runUnary(call, resolve));
  if (call.completion?.code !== StatusNumber.OK) throw call.failure();
  return call;
};

/**
 * The response of a call, once. It is the caller's from then on: a call that waits to be collected
 * would keep it alive.
 */
export function takeResponse(call: ClientCall): unknown {
  const { response } = call;
  call.response = undefined;
  return response;
}

/** The request's bytes; undefined when it cannot be encoded, which has then finished the call. */
function encode(call: ClientCall): Uint8Array | undefined {
  try {
    const bytes = encodeRequest(call.method, call.request);
    call.compress = isCompressed(call.options, call.path, call.request);
    return bytes;
  } catch (error) {
    const { message, cause } = error as Error;
    call.errorCause = cause;
    call.finishLocally({ code: StatusNumber.INTERNAL, message });
    return undefined;
  }
}
