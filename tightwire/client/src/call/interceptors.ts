import { type InterceptedResponse, type InterceptorNext, RpcError } from "@tightwire/core";
import { composeInterceptors, StatusNumber, statusNumber } from "@tightwire/core/runtime";
import type { ChannelSettings } from "../channel/channel.js";
import { eachAttempt } from "./attempt-interceptors.js";
import type { ClientCall } from "./client-call.js";

/**
 * Puts the channel's interceptors around `send`, and inside them those of each attempt. Undefined
 * when the channel has none.
 */
export function interceptCalls(
  { interceptors, attemptInterceptors }: ChannelSettings,
  send: InterceptorNext,
): InterceptorNext | undefined {
  if (attemptInterceptors.length > 0) {
    return composeInterceptors(
      interceptors,
      eachAttempt(composeInterceptors(attemptInterceptors, send)),
    );
  }
  return interceptors.length === 0 ? undefined : composeInterceptors(interceptors, send);
}

/**
 * Runs the interceptors around a call. Whatever they do, the call finishes, once: with what they
 * throw, or OK when they respond without sending it.
 */
export async function runInterceptors(
  intercepted: InterceptorNext,
  call: ClientCall,
): Promise<InterceptedResponse> {
  try {
    const response = await intercepted(call);
    if (!call.running) call.finishLocally({ code: StatusNumber.OK, message: "" });
    return response;
  } catch (thrown) {
    throw finishWith(thrown, call);
  }
}

/** Finishes a call with what its interceptors threw. Returns that as the error of its caller. */
export function finishWith(thrown: unknown, call: ClientCall): RpcError {
  const error = RpcError.from(thrown);
  call.cancel({ code: statusNumber(error.code), message: error.message });
  return error;
}
