import type { CallOptions, MethodDefinition, RpcError } from "@tightwire/core";
import { StatusNumber } from "@tightwire/core/runtime";
import { type Channel, openChannel } from "../channel/channel.js";
import { ClientCall } from "./client-call.js";
import { makeUnary, takeResponse } from "./unary-call.js";

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
 * have no stack frames of the caller, and options are not checked.
 */
export function unaryCaller<Request, Response>(
  definition: MethodDefinition<Request, Response>,
  channel: Channel,
): UnaryCaller<Request, Response> {
  const open = openChannel(channel);
  const method = open.settings.withPolicy(definition as unknown as MethodDefinition);
  return (request, options, finished) => {
    const call = new ClientCall(method, open, request, options);
    makeUnary(call, open.settings.chain, () => {
      if (call.completion?.code === StatusNumber.OK)
        finished(undefined, takeResponse(call) as Response);
      else finished(call.failure(), undefined);
    });
    return call;
  };
}
