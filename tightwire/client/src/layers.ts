import { type InterceptedResponse, type InterceptorNext, RpcError } from "@tightwire/core";
import { type Completion, composeInterceptors, StatusNumber } from "@tightwire/core/runtime";
import { eachAttempt } from "./attempts.js";
import type { ChannelSettings } from "./channel.js";
import type { ClientCall } from "./client-call.js";
import type { UnaryClientCall } from "./unary.js";

/**
 * The channel's interceptors around a call, and inside them those around each attempt; undefined
 * when there are none.
 */
export function chain(
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

/** Inside the layers of a unary call. */
export const sendUnary: InterceptorNext = async (intercepted) => {
  const call = intercepted as UnaryClientCall;
  await call.run();
  if (call.end?.code !== StatusNumber.OK) throw failure(call);
  return call;
};

/** Runs the layers around a call; whatever they do, the call ends, once. */
export async function throughLayers(
  layered: InterceptorNext,
  call: ClientCall,
): Promise<InterceptedResponse> {
  try {
    const reply = await layered(call);
    call.leaveLayers();
    return reply;
  } catch (thrown) {
    throw endedBy(thrown, call);
  }
}

/** Ends a call because of what came out of its layers, and gives that as its caller sees it. */
export function endedBy(thrown: unknown, call: ClientCall): RpcError {
  const error = RpcError.from(thrown);
  call.leaveLayers(error);
  return error;
}

/** What the caller of a call that did not end well gets. */
export function failure(call: ClientCall): RpcError {
  return (
    call.unprocessed ?? RpcError.fromCompletion(call.end as Completion, call.path, call.abortReason)
  );
}
