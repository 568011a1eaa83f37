import { type CallOptions, type MethodDefinition, RpcError } from "@tightwire/core";
import { StatusNumber } from "@tightwire/core/runtime";
import { type Channel, openChannel } from "../channel/channel.js";
import { ClientCall } from "./client-call.js";
import { interceptCalls, runInterceptors } from "./interceptors.js";
import { runUnary, sendUnary, takeResponse } from "./unary-call.js";

/** A call that was started, and can be aborted. */
export interface StartedCall {
  /**
   * Cancels the call: CANCELLED, with `reason` as the error's cause. Does nothing once finished.
   */
  abort(reason: unknown): void;
}

/**
 * Makes calls of one unary method. `finished` is called once for each call, maybe before this
 * returns: with the error, or without one and with the response. It must not throw.
 */
export type UnaryCaller<Request, Response> = (
  request: Request,
  options: CallOptions,
  finished: (error: RpcError | undefined, response: Response | undefined) => void,
) => StartedCall;

/**
 * The callback variant of a unary method of `createClient`, for code that needs no promise. Errors
 * have no stack frames of the caller.
 */
export function unaryCaller<Request, Response>(
  definition: MethodDefinition<Request, Response>,
  channel: Channel,
): UnaryCaller<Request, Response> {
  const open = openChannel(channel);
  const method = definition as unknown as MethodDefinition;
  const intercepted = interceptCalls(open.settings, sendUnary);
  return (request, options, finished) => {
    const call = new ClientCall(method, open, request, options);
    if (intercepted === undefined) runUnary(call, runFinished);
    else
      void runInterceptors(intercepted, call)
        .then(({ response }) => response as Response)
        .then(
          (response) => finished(undefined, response),
          (error: unknown) => finished(RpcError.from(error), undefined),
        );
    return call;

    function runFinished(): void {
      if (call.completion?.code === StatusNumber.OK)
        finished(undefined, takeResponse(call) as Response);
      else finished(call.failure(), undefined);
    }
  };
}
