import { type CallOptions, type MethodDefinition, RpcError } from "@tightwire/core";
import { StatusNumber } from "@tightwire/core/runtime";
import { type Channel, openChannel } from "./channel.js";
import { chain, failure, sendUnary, throughLayers } from "./layers.js";
import { UnaryClientCall } from "./unary.js";

/** A call that whoever makes it can take back. */
export interface StartedCall {
  /** Ends it with CANCELLED, if it is not over. */
  abort(reason: unknown): void;
}

/**
 * Makes calls of one unary method. `ended` is called once a call, maybe before this returns: with
 * the error, or with none and the response. It must not throw.
 */
export type UnaryCaller<Request, Response> = (
  request: Request,
  options: CallOptions,
  ended: (error: RpcError | undefined, response: Response | undefined) => void,
) => StartedCall;

/**
 * A unary method as {@link createClient} has it, for code that is called back and needs no promise.
 * Errors carry no frames of the caller.
 */
export function unaryCaller<Request, Response>(
  definition: MethodDefinition<Request, Response>,
  channel: Channel,
): UnaryCaller<Request, Response> {
  const open = openChannel(channel);
  const method = definition as unknown as MethodDefinition;
  const layered = chain(open.settings, sendUnary);
  return (request, options, ended) => {
    const call = new UnaryClientCall(method, open, request, options);
    if (layered === undefined) call.start(settled);
    else
      void throughLayers(layered, call)
        .then(({ response }) => response as Response)
        .then(
          (response) => ended(undefined, response),
          (error: unknown) => ended(RpcError.from(error), undefined),
        );
    return call;

    function settled(): void {
      if (call.end?.code === StatusNumber.OK) ended(undefined, call.takeResponse() as Response);
      else ended(failure(call), undefined);
    }
  };
}
