import type { InterceptorNext } from "@tightwire/core";
import type { ClientCall } from "./client-call.js";
import { intercept } from "./interceptors.js";
import { UnaryRun } from "./unary-run.js";

/**
 * Makes a unary call, through interceptors if there are any. `settled` is called once, maybe before
 * this returns, when the call has finished; it must not throw.
 */
export function makeUnary(
  call: ClientCall,
  chain: InterceptorNext | undefined,
  settled: () => void,
): void {
  if (!call.start(settled)) return;
  if (chain === undefined) new UnaryRun(call, undefined).start();
  else void intercept(chain, call);
}

/**
 * The response of a call, once. It is the caller's from then on: a call that waits to be collected
 * would keep it alive.
 */
export function takeResponse(call: ClientCall): unknown {
  const { response } = call;
  call.response = undefined;
  return response;
}
